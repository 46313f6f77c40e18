import {
  createBuilder,
  type Executor,
  elementCount,
  type Graph,
  type GraphBuilder,
  type Node,
  type Random,
  type Session,
  type Tensor,
  type TensorData,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { gradients } from '@pare/train'

/** A layer whose rounding is to be learned. */
export interface RoundedLayer {
  readonly graph: Graph
  /** The layer, and the Relu or Clip behind it. */
  readonly nodes: readonly Node[]
  /** Names of the value and of the weights that it reads. */
  readonly data: string
  readonly weight: string
  /** Of the weights; what follows is in their order. */
  readonly dims: readonly number[]
  /** ⌊W/s⌋, and W/s − ⌊W/s⌋. */
  readonly below: Float32Array
  readonly fraction: Float32Array
  /** The greatest level. */
  readonly most: number
  /** In a shape that broadcasts to the weights'. */
  readonly scale: { readonly dims: readonly number[]; readonly data: Float32Array }
  readonly scaleOf: (index: number) => number
}

/** What a layer reads and what it should make of it, row by row. */
export interface Activations {
  readonly rows: number
  readonly x: Rows
  readonly y: Rows
}

interface Rows {
  /** Shape of one row. */
  readonly row: readonly number[]
  readonly data: Float32Array
}

export interface RoundingOptions {
  readonly steps: number
  readonly batchSize: number
  readonly learningRate: number
  /** λ */
  readonly regularization: number
  readonly random: Random
  readonly signal: AbortSignal | undefined
}

/** σ⁻¹((f + 0.1) / 1.2): where h(V) = f, so that the learning starts at the float weights. */
const start = (fraction: number): number => -Math.log(1.2 / (fraction + 0.1) - 1)
const turnedUp = (v: number): boolean => 1.2 / (1 + Math.exp(-v)) - 0.1 >= 0.5

/** β falls from the first to the last, by half a cosine, once the share of the steps is over in which λ is 0. */
const exponents = { first: 20, last: 2 }
const freeShare = 0.2

/** Of the samples: not learned from. */
const judgedShare = 0.25

/** Moments of Adam. */
const [decay1, decay2, epsilon] = [0.9, 0.999, 1e-8]

/** One run of the step graph is one step of Adam on V; see `adaRound` for what is minimized. */
export async function learnRounding(
  layer: RoundedLayer,
  data: Activations,
  executor: Executor,
  options: RoundingOptions,
): Promise<{
  readonly weights: Tensor
  readonly nearest: number
  readonly learned: number
  readonly turned: number
}> {
  const { steps, learningRate, regularization, random, signal } = options
  const { dims, below, fraction } = layer
  // The rest is kept to judge by: with few samples beside the weights of an output, the learning fits them alone.
  const learnedFrom = Math.max(1, Math.floor(data.rows * (1 - judgedShare)))
  const size = Math.min(options.batchSize, learnedFrom)
  const nearest = fraction.map(part => (part >= 0.5 ? 1 : 0))
  await using session = await executor.open(stepGraphOf(layer, data, size))
  const errorOf = (up: Float32Array) => errorWith(session, layer, { data, first: learnedFrom % data.rows, size }, up)
  const before = await errorOf(nearest)
  let state: Record<'v' | 'm' | 'u', TensorData> = {
    v: floats(dims, fraction.map(start)),
    m: floats(dims, new Float32Array(fraction.length)),
    u: floats(dims, new Float32Array(fraction.length)),
  }
  // Of a layer that is exact already there is nothing to learn.
  for (let step = 1; step <= (before > 0 ? steps : 0); step++) {
    signal?.throwIfAborted()
    const progress = Math.max(0, (step / steps - freeShare) / (1 - freeShare))
    const beta = exponents.last + 0.5 * (exponents.first - exponents.last) * (1 + Math.cos(progress * Math.PI))
    const rows = Array.from({ length: size }, () => Math.floor(random() * learnedFrom))
    const rate = (learningRate * Math.sqrt(1 - decay2 ** step)) / (1 - decay1 ** step)
    const outputs = await session.run(
      {
        x: gathered(data.x, rows),
        y: gathered(data.y, rows),
        ...state,
        beta: scalar(beta),
        lambda: scalar(progress > 0 ? regularization : 0),
        weight: scalar(1 / before),
        rate: scalar(rate),
      },
      ['v/next', 'm/next', 'u/next'],
    )
    const { 'v/next': v, 'm/next': m, 'u/next': u } = outputs
    if (v && m && u) state = { v, m, u }
  }
  const learned = Float32Array.from(state.v.data as Float32Array, v => (turnedUp(v) ? 1 : 0))
  const after = before > 0 ? await errorOf(learned) : before
  const up = after < before ? learned : nearest
  const levels = below.map((level, index) => Math.min(level + (up[index] ?? 0), layer.most))
  const turned = up.reduce((sum, value, index) => sum + (value === nearest[index] ? 0 : 1), 0) / up.length
  const weights = levels.map((level, index) => level * layer.scaleOf(index))
  return { weights: tensorOf('float32', dims, weights), nearest: before, learned: Math.min(before, after), turned }
}

const floats = (dims: readonly number[], data: Float32Array): TensorData => ({ dataType: 'float32', dims, data })
const scalar = (value: number): TensorData => floats([], Float32Array.of(value))

function gathered({ row, data }: Rows, rows: readonly number[]): TensorData {
  const length = elementCount(row)
  const all = new Float32Array(rows.length * length)
  for (const [place, index] of rows.entries())
    all.set(data.subarray(index * length, (index + 1) * length), place * length)
  return floats([rows.length, ...row], all)
}

/** The mean squared error over the rows from the first, each weight turned up or down; a V of ±10 gives h = 1 or 0. */
async function errorWith(
  session: Session,
  { dims }: RoundedLayer,
  { data, first: judged, size }: { readonly data: Activations; readonly first: number; readonly size: number },
  up: Float32Array,
): Promise<number> {
  const none = floats(dims, new Float32Array(up.length))
  const v = floats(
    dims,
    up.map(value => (value === 1 ? 10 : -10)),
  )
  let sum = 0
  for (let first = judged; first < data.rows; first += size) {
    // The last time is filled up with rows from the beginning, so that none counts far more than the others.
    const rows = Array.from({ length: size }, (_, index) => judged + ((first - judged + index) % (data.rows - judged)))
    const { error } = await session.run(
      {
        x: gathered(data.x, rows),
        y: gathered(data.y, rows),
        v,
        m: none,
        u: none,
        beta: scalar(2),
        lambda: scalar(0),
        weight: scalar(1),
        rate: scalar(0),
      },
      ['error'],
    )
    sum += Number(error?.data[0])
  }
  return sum / Math.ceil((data.rows - judged) / size)
}

/** x, y, V and Adam's moments → the error, V and its moments after a step. */
function stepGraphOf(layer: RoundedLayer, data: Activations, size: number): Graph {
  const { dims, below, most, scale } = layer
  const b = createBuilder('rounding')
  const x = b.input('x', 'float32', [size, ...data.x.row])
  const y = b.input('y', 'float32', [size, ...data.y.row])
  const [v, m, u] = ['v', 'm', 'u'].map(name => b.input(name, 'float32', dims)) as [Value, Value, Value]
  const [beta, lambda, weight, rate] = ['beta', 'lambda', 'weight', 'rate'].map(name =>
    b.input(name, 'float32', []),
  ) as [Value, Value, Value, Value]
  const h = b.Clip(b.Sub(b.Mul(b.Sigmoid(v), b.scalar(1.2)), b.scalar(0.1)), b.scalar(0), b.scalar(1))
  const levels = b.Clip(
    b.Add(b.initializer('below', tensorOf('float32', dims, below)), h),
    b.scalar(-most),
    b.scalar(most),
  )
  const weights = b.Mul(levels, b.initializer('scale', tensorOf('float32', scale.dims, scale.data)))
  const made = layerOn(
    b,
    layer,
    new Map([
      [layer.data, x],
      [layer.weight, weights],
    ]),
  )
  const difference = b.Sub(made, y)
  const error = b.ReduceMean(b.Mul(difference, difference), undefined, { keepdims: 0 })
  const distance = b.Abs(b.Sub(b.Mul(h, b.scalar(2)), b.scalar(1)))
  const undecided = b.ReduceMean(b.Sub(b.scalar(1), b.Pow(distance, beta)), undefined, { keepdims: 0 })
  const loss = b.Add(b.Mul(error, weight), b.Mul(lambda, undecided))
  const forward = b.build()
  const differentiated = gradients({ ...forward, outputs: [{ name: loss.name, type: loss }] }, loss.name, ['v'])
  const a = createBuilder(differentiated.graph)
  const gradient = a.value(differentiated.gradients.get('v') ?? '')
  const [old, first, second, step] = [v, m, u, rate].map(({ name }) => a.value(name)) as [Value, Value, Value, Value]
  const average = (past: Value, now: Value, decay: number) =>
    a.Add(a.Mul(past, a.scalar(decay)), a.Mul(now, a.scalar(1 - decay)))
  const nextM = average(first, gradient, decay1)
  const nextU = average(second, a.Mul(gradient, gradient), decay2)
  const nextV = a.Sub(old, a.Mul(step, a.Div(nextM, a.Add(a.Sqrt(nextU), a.scalar(epsilon)))))
  for (const [value, name] of [
    [nextV, 'v/next'],
    [nextM, 'm/next'],
    [nextU, 'u/next'],
  ] as const)
    a.output(a.named(value, name))
  a.output(a.named(a.value(error.name), 'error'))
  return a.build()
}

/** The layer's nodes once more, reading other values in place of its data and its weights. */
function layerOn(b: GraphBuilder, { graph, nodes }: RoundedLayer, given: ReadonlyMap<string, Value>): Value {
  const known = new Map(given)
  let last: Value | undefined
  for (const node of nodes) {
    const inputs = node.inputs.map(name => {
      const tensor = graph.initializers.get(name)
      const value = known.get(name) ?? (tensor && b.initializer(`layer/${name}`, tensor))
      if (value) known.set(name, value)
      return value?.name ?? ''
    })
    const renamed = { ...node, name: `layer/${node.name}`, inputs, outputs: node.outputs.map(name => `layer/${name}`) }
    for (const [index, value] of b.add(renamed).entries()) {
      known.set(node.outputs[index] ?? '', value)
      last = value
    }
  }
  if (last) return last
  throw new Error('A layer has a node.')
}
