import {
  createRewriter,
  type Dimension,
  type Graph,
  type GraphBuilder,
  RecipeError,
  redirectReads,
  type Shape,
  type Value,
} from '@pare/core-graph'
import type { Preprocess } from '@pare/data'

/**
 * Nodes in front of a model of images, so that it takes the tensors of another preprocessing: a Transpose where layouts
 * differ, a Resize where sizes do, and a 1×1 Conv for colour, range, mean and std, which are one affine map of a pixel's
 * channels.
 *
 * Of a pixel's value u = v / 255, preprocessing makes x = (lo + u · (hi − lo) − mean) / std; so u, and from it what the
 * model wants, follows from x. Two things are not as if the file were preprocessed anew, since pixels are rounded to
 * bytes there: grey made of colour is off by half a byte at most, a resized image by about one. What the first
 * preprocessing has cut away or shrunk does not come back: the model sees the same part of the image, stretched to its
 * own size.
 *
 * @param graph with one input of images, `[N, C, H, W]` or as `to` says
 * @param from the preprocessing of the tensors that the result takes
 * @param to the preprocessing of the tensors that the graph takes; its `resize` says with which kernel sizes are changed
 * @param size of the tensors that the result takes, where it is known and `from` leaves it to the file
 * @throws RecipeError `RECIPE_TEACHER` when the graph has another number of inputs, axes or channels
 */
export function adaptPreprocess(graph: Graph, from: Preprocess, to: Preprocess, size?: ImageSize): Graph {
  const [input, another] = graph.inputs
  const taken = channelsFirst(input?.type?.shape, to.layout)
  const { weight, bias } = colourMap(from, to)
  if (!input || !taken || another || input.type?.dataType !== 'float32' || !isOneOf(taken[1], weight.length))
    throw new RecipeError({
      code: 'RECIPE_TEACHER',
      message: `A preprocessing of ${to.colour} in ${to.layout} does not go with the model ${graph.name}, which takes ${graph.inputs.map(({ name, type }) => `${name} ${type?.dataType ?? '?'} [${type?.shape?.join(', ') ?? '?'}]`).join(', ')}.`,
      hint: 'State the preprocessing that the model was trained with.',
    })
  const [given, wanted] = [sizeOf(from) ?? size, sizeIn(taken) ?? sizeOf(to)]
  const isResized = wanted !== undefined && `${given}` !== `${wanted}`
  const shape = [taken[0] ?? null, weight[0]?.length ?? null, ...(given ?? (isResized ? [null, null] : taken.slice(2)))]

  const b = createRewriter({ ...graph, inputs: [] })
  let value = b.input(input.name, 'float32', from.layout === 'NCHW' ? shape : toLast(shape))
  const start = value
  b.scope('preprocess', () => {
    if (from.layout === 'NHWC') value = b.Transpose(value, { perm: [0, 3, 1, 2] })
    if (isResized) value = resize(b, value, wanted, to.resize?.kernel ?? 'bilinear')
    if (!isIdentity(weight, bias)) value = affine(b, value, weight, bias)
    if (to.layout === 'NHWC') value = b.Transpose(value, { perm: [0, 2, 3, 1] })
  })
  for (const node of redirectReads(graph.nodes, value === start ? new Map() : new Map([[input.name, value.name]])))
    b.add(node)
  return b.build()
}

const isOneOf = (dimension: Dimension | undefined, size: number) => typeof dimension !== 'number' || dimension === size

/** A shape as `[N, C, H, W]`; undefined for a shape of another rank. */
export const channelsFirst = (shape: Shape | undefined, layout: Preprocess['layout']): Shape | undefined => {
  if (shape?.length !== 4) return undefined
  const [n = null, a = null, b = null, c = null] = shape
  return layout === 'NCHW' ? shape : [n, c, a, b]
}

const toLast = ([n = null, c = null, h = null, w = null]: Shape): Shape => [n, h, w, c]

/** Pixels. */
type ImageSize = readonly [height: number, width: number]

/** Height and width that the declaration makes of any image; undefined where they depend on the file. */
function sizeOf({ resize, crop }: Preprocess): ImageSize | undefined {
  const size = crop ?? (resize && 'width' in resize ? resize : undefined)
  return size && [size.height, size.width]
}

/** Height and width of `[N, C, H, W]`, where they are known. */
export function sizeIn([, , height, width]: Shape): ImageSize | undefined {
  return typeof height === 'number' && typeof width === 'number' ? [height, width] : undefined
}

type Kernel = NonNullable<Preprocess['resize']>['kernel']

/** As Pillow resizes: widened against aliasing when the image shrinks. ONNX has no Lanczos kernel: the cubic one is taken. */
function resize(b: GraphBuilder, x: Value, size: ImageSize, kernel: Kernel): Value {
  const along = { axes: [2, 3], coordinate_transformation_mode: 'half_pixel' }
  if (kernel === 'nearest')
    return b.Resize(x, undefined, undefined, b.ints(...size), { ...along, nearest_mode: 'round_prefer_ceil' })
  const smooth = kernel === 'bilinear' ? { mode: 'linear' } : { mode: 'cubic', cubic_coeff_a: -0.5 }
  return b.Resize(x, undefined, undefined, b.ints(...size), { ...along, ...smooth, antialias: 1, exclude_outside: 1 })
}

function affine(b: GraphBuilder, x: Value, weight: readonly (readonly number[])[], bias: readonly number[]): Value {
  const w = b.constant('float32', [weight.length, weight[0]?.length ?? 0, 1, 1], weight.flat())
  return b.Conv(x, w, b.constant('float32', [bias.length], bias))
}

/** Weights of the luma of ITU-R BT.601, by which colour becomes grey in `@pare/data` too. */
const luma: Readonly<Record<string, number>> = { R: 0.299, G: 0.587, B: 0.114 }

const channelNames = { RGB: ['R', 'G', 'B'], BGR: ['B', 'G', 'R'], grey: ['grey'] } as const

/** y = W·x + b, for a pixel's channels x under `from` and y under `to`. */
function colourMap(from: Preprocess, to: Preprocess): { readonly weight: number[][]; readonly bias: number[] } {
  const [sources, targets] = [channelNames[from.colour], channelNames[to.colour]]
  /** u = scale·x + offset for each channel of `from`. */
  const inverse = sources.map((_, channel) => {
    const scale = stdOf(from, channel) / span(from)
    return { scale, offset: (meanOf(from, channel) - from.range[0]) / span(from) }
  })
  const shares = targets.map(target => sources.map(source => shareOf(source, target)))
  const forward = (channel: number) => span(to) / stdOf(to, channel)
  return {
    weight: shares.map((row, channel) =>
      row.map((share, index) => share * (inverse[index]?.scale ?? 0) * forward(channel)),
    ),
    bias: shares.map((row, channel) => {
      const unit = row.reduce((sum, share, index) => sum + share * (inverse[index]?.offset ?? 0), 0)
      return unit * forward(channel) + (to.range[0] - meanOf(to, channel)) / stdOf(to, channel)
    }),
  }
}

const span = ({ range: [low, high] }: Preprocess) => high - low
const meanOf = ({ mean }: Preprocess, channel: number) => mean?.[channel] ?? 0
const stdOf = ({ std }: Preprocess, channel: number) => std?.[channel] ?? 1

/** How much of one channel another is made of. */
const shareOf = (source: string, target: string): number => {
  if (source === 'grey' || source === target) return 1
  return target === 'grey' ? (luma[source] ?? 0) : 0
}

const isIdentity = (weight: readonly (readonly number[])[], bias: readonly number[]) =>
  weight.length === weight[0]?.length &&
  bias.every(offset => Math.abs(offset) < 1e-12) &&
  weight.every((row, channel) => row.every((share, index) => Math.abs(share - Number(index === channel)) < 1e-12))
