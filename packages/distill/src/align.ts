import {
  createRandom,
  elementCount,
  type GraphBuilder,
  isKnown,
  randomNormal,
  type Shape,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { pairError } from './tensor-pairs.ts'

/**
 * What a tensor has beside samples: channels, and a size: pixels of a feature map `[N, C, H, W]`, tokens of a sequence
 * `[N, L, C]`, none of a vector `[N, C]`.
 */
export interface Layout {
  readonly kind: 'map' | 'tokens' | 'vector'
  readonly channels: number
  /** `[H, W]`, `[L]` or `[]`. */
  readonly size: readonly number[]
}

/** How channels are made to match: by a learned layer where they differ (`auto`), always, or never. */
export type Adapter = 'auto' | boolean

/** The layout of a tensor by its shape. @throws RecipeError `RECIPE_PAIR` for one that has none, or whose sizes are not known */
export function layoutOf({ name, shape }: Pick<Value, 'name' | 'shape'>): Layout {
  const sizes: Shape | undefined = shape?.slice(1)
  if (isKnown(sizes)) {
    const [first = 0, second = 0] = sizes
    if (sizes.length === 3) return { kind: 'map', channels: first, size: sizes.slice(1) }
    if (sizes.length === 2) return { kind: 'tokens', channels: second, size: [first] }
    if (sizes.length === 1) return { kind: 'vector', channels: first, size: [] }
  }
  throw pairError(
    `${name} [${shape?.map(dimension => dimension ?? '?').join(', ') ?? '?'}] cannot be paired: it is no feature map [N, C, H, W], sequence [N, L, C] or vector [N, C] of known sizes.`,
    'Name another tensor, or give the model fixed input sizes.',
  )
}

/** @throws RecipeError `RECIPE_PAIR` for a tensor of another kind than those that can be compared */
export function checkKind(value: Value, kinds: readonly Layout['kind'][], comparison: string): void {
  const { kind } = layoutOf(value)
  if (kinds.includes(kind)) return
  throw pairError(
    `${value.name} [${value.shape?.slice(1)}] is a ${kindNames[kind]}; ${comparison} compares ${kinds.map(one => `${kindNames[one]}s`).join(' and ')}.`,
    'Name another tensor, or compare these by distill.l2.',
  )
}

const kindNames = { map: 'feature map', tokens: 'sequence', vector: 'vector' } as const

/** @throws RecipeError `RECIPE_PAIR` for tensors of different kinds */
function checkKinds(first: Value, second: Value): void {
  const [a, b] = [layoutOf(first), layoutOf(second)]
  if (a.kind === b.kind) return
  throw pairError(
    `${first.name} [${first.shape?.slice(1)}] is a ${kindNames[a.kind]} and ${second.name} [${second.shape?.slice(1)}] a ${kindNames[b.kind]}: they cannot be matched.`,
    'Pair feature maps with feature maps, sequences with sequences, vectors with vectors.',
  )
}

/**
 * Two tensors brought to one size: the larger is averaged over windows to the smaller one's where it is a multiple, else
 * interpolated linearly.
 * @throws RecipeError `RECIPE_PAIR` for tensors of different kinds
 */
export function sameSize(b: GraphBuilder, student: Value, teacher: Value): readonly [student: Value, teacher: Value] {
  checkKinds(student, teacher)
  const [own, other] = [layoutOf(student).size, layoutOf(teacher).size]
  if (`${own}` === `${other}`) return [student, teacher]
  return elementCount(own) > elementCount(other)
    ? [resized(b, student, other), teacher]
    : [student, resized(b, teacher, own)]
}

function resized(b: GraphBuilder, x: Value, size: readonly number[]): Value {
  // Tokens are the rows of an image of one channel.
  if (layoutOf(x).kind === 'tokens') return b.Squeeze(resizedImage(b, b.Unsqueeze(x, b.ints(1)), size), b.ints(1))
  return resizedImage(b, x, size)
}

/** Of `[N, C, *s]` the first axes of *s. */
function resizedImage(b: GraphBuilder, x: Value, size: readonly number[]): Value {
  const image = x.shape?.slice(2) ?? []
  const window = image.map((from, axis) => Number(from) / (size[axis] ?? Number(from)))
  if (window.every(Number.isInteger)) return b.AveragePool(x, { kernel_shape: window, strides: window })
  return b.Resize(x, undefined, undefined, b.ints(...size), { axes: size.map((_, axis) => axis + 2), mode: 'linear' })
}

/**
 * The student's tensor with the teacher's channels: by a learned 1×1 convolution of a feature map, a learned linear
 * layer of tokens and vectors (Romero et al. 2015, "FitNets", section 2.2), He-initialized.
 * @param seeds of the initial weights
 * @throws RecipeError `RECIPE_PAIR` when channels differ and there is to be no adapter
 */
export function sameChannels(
  b: GraphBuilder,
  student: Value,
  teacher: Value,
  {
    adapter,
    name,
    seeds,
  }: { readonly adapter: Adapter; readonly name: string; readonly seeds: readonly [number, number, number] },
): Value {
  checkKinds(student, teacher)
  const { kind, channels: from } = layoutOf(student)
  const { channels: to } = layoutOf(teacher)
  if (adapter !== true && from === to) return student
  if (adapter === false)
    throw pairError(
      `${student.name} has ${from} channels and ${teacher.name} ${to}, and adapters are off.`,
      'Set adapter: auto, or pair tensors of as many channels.',
    )
  const random = createRandom(...seeds)
  const elements = Float32Array.from({ length: from * to }, () => Math.sqrt(2 / from) * randomNormal(random))
  const weight = (...dims: number[]) => b.initializer(`${name}/weight`, tensorOf('float32', dims, elements))
  const bias = b.initializer(`${name}/bias`, tensorOf('float32', [to], new Float32Array(to)))
  return kind === 'map'
    ? b.Conv(student, weight(to, from, 1, 1), bias, { kernel_shape: [1, 1] })
    : b.Add(b.MatMul(student, weight(from, to)), bias)
}
