import {
  type Graph,
  graphIndex,
  type Node,
  type PassRefusal,
  renameValues,
  tensorFloats,
  tensorOf,
} from '@pare/core-graph'
import { type LayerWeights, layerWeights, ownsWeights, reachOf } from './layer-weights.ts'

export interface EqualizeOptions {
  /**
   * Whether a Clip from 0, such as ReLU6, between two layers becomes a Relu, which lets more through: outputs change
   * where its bound was reached. Default false: such layers stay as they are.
   */
  readonly replaceClip?: boolean
}

/** Layers in a row whose channels were brought to equal ranges. */
export interface EqualizedPair {
  readonly first: string
  readonly second: string
}

export interface Equalized {
  readonly graph: Graph
  readonly pairs: readonly EqualizedPair[]
  /** Nodes of Clip that became Relu. */
  readonly replaced: readonly string[]
  /** Layers that might have been equalized with the next one, and why they were not. */
  readonly refusals: readonly PassRefusal[]
}

/**
 * Cross-layer equalization (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization and Bias
 * Correction", section 4.1): what a channel is multiplied by on its way out of one layer is taken back on its way into
 * the next, so that the weights of no channel are far larger than those of the others. The outputs stay the same.
 *
 *     y = W₂·f(W₁·x + b₁)   →   y = (W₂·S)·f((S⁻¹·W₁)·x + S⁻¹·b₁)      S = diag(s), f(s·x) = s·f(x) for s > 0
 *     sᵢ = √(r₁ᵢ·r₂ᵢ) / r₂ᵢ; r: the greatest magnitude of channel i's weights, going out of W₁ and into W₂
 *
 * Values in between get other names, since they are scaled. Afterwards r₁ᵢ = r₂ᵢ for every pair, dead channels excepted;
 * longer rows, such as those around a depthwise convolution, are gone through again and again until nothing changes. Biases
 * are not absorbed (section 4.1.3): calibrated, asymmetric ranges take them in. The graph should have been
 * simplified before, so that no BatchNormalization stands in between.
 */
export function equalize(graph: Graph, { replaceClip = false }: EqualizeOptions = {}): Equalized {
  const { pairs, refusals, clips } = findPairs(graph, replaceClip)
  if (pairs.length === 0) return { graph, pairs: [], replaced: [], refusals }
  const layers = new Map(pairs.flatMap(({ first, second }) => [first, second]).map(layer => [layer.node.name, layer]))
  const scales = balanced(graph, pairs, [...layers.values()])
  const initializers = new Map(graph.initializers)
  const change = (name: string | undefined, value: (old: number, index: number) => number) => {
    const tensor = name === undefined ? undefined : initializers.get(name)
    if (name === undefined || !tensor) return
    initializers.set(name, tensorOf('float32', tensor.dims, tensorFloats(tensor).map(value)))
  }
  for (const { node, weight, bias, row, column, input } of layers.values()) {
    const { out, into } = scalesOf(scales, node)
    change(weight, (value, index) => {
      const output = row(index)
      return (value * (into[input(output, column(index))] ?? 1)) / (out[output] ?? 1)
    })
    change(bias, (value, index) => value / (out[index] ?? 1))
  }
  const nodes = graph.nodes.map((node): Node => (clips.has(node) ? asRelu(node) : node))
  const between = pairs.flatMap(({ values }) => values.map(name => [name, `${name}${suffix}`] as const))
  return {
    graph: renameValues({ ...graph, initializers, nodes }, new Map(between)),
    pairs: pairs.map(({ first, second }) => ({ first: first.node.name, second: second.node.name })),
    replaced: [...clips].map(({ name }) => name),
    refusals,
  }
}

/** Of the names of values that are not what they were, so that nobody takes them for the same. */
const suffix = '/equalized'

/** Whether a graph, quantized or not, came out of `equalize`. */
export const isEqualized = ({ nodes }: Graph): boolean =>
  nodes.some(({ outputs }) => outputs.some(name => name.endsWith(suffix)))

interface Pair {
  readonly first: LayerWeights
  readonly second: LayerWeights
  /** Inputs of the second layer that one channel of the first has become: the places of a flattened image. */
  readonly block: number
  /** What is computed on the way, from the first layer's output to the second one's input. */
  readonly values: readonly string[]
}

/** Operators with f(s·x) = s·f(x) for a positive s of each channel, the channels staying on axis 1. */
export const homogeneous: ReadonlySet<string> = new Set([
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Identity',
  'LeakyRelu',
  'MaxPool',
  'PRelu',
  'Relu',
])

function findPairs(graph: Graph, replaceClip: boolean) {
  const pairs: Pair[] = []
  const refusals: PassRefusal[] = []
  const clips = new Set<Node>()
  const layers = new Map(graph.nodes.flatMap(node => asEntry(node, layerWeights(graph, node))))
  for (const first of layers.values()) {
    const next = follow(graph, first, layers)
    if (!next) continue
    const { second } = next
    const block = second.inputs / first.outputs
    const shared = [first, second].find(layer => !ownsWeights(graph, layer))
    const reason = shared
      ? `the weights of ${shared.node.name} are read elsewhere too`
      : next.clips.length > 0 && !replaceClip
        ? `${next.clips[0]?.name} cuts off at a bound, the same for all channels; replaceClip makes a Relu of it`
        : undefined
    if (reason !== undefined) refusals.push({ node: first.node.name, reason })
    else if (Number.isInteger(block)) {
      pairs.push({ first, second, block, values: next.values })
      for (const clip of next.clips) clips.add(clip)
    }
  }
  return { pairs, refusals, clips }
}

const asEntry = (node: Node, layer: LayerWeights | undefined) => (layer ? [[node, layer] as const] : [])

/** The layer that alone reads what another one makes, behind operators that keep scales; and the Clips on the way. */
function follow(graph: Graph, { node }: LayerWeights, layers: ReadonlyMap<Node, LayerWeights>) {
  const { users, outputs } = graphIndex(graph)
  const clips: Node[] = []
  const values: string[] = []
  let [value = ''] = node.outputs
  for (;;) {
    values.push(value)
    const [reader, ...others] = users.get(value) ?? []
    if (!reader || others.length > 0 || outputs.has(value)) return undefined
    const second = layers.get(reader)
    if (second) return second.data === value && reader !== node ? { second, clips, values } : undefined
    if (reader.domain !== '' || reader.inputs[0] !== value) return undefined
    const bound = reader.op === 'Clip' ? clipBound(graph, reader) : undefined
    if (bound !== undefined && bound < Number.POSITIVE_INFINITY) clips.push(reader)
    else if (!homogeneous.has(reader.op) && !isFlatten(reader) && bound === undefined) return undefined
    value = reader.outputs[0] ?? ''
  }
}

const isFlatten = ({ op, attributes }: Node) =>
  op === 'Flatten' && (attributes.axis?.kind === 'int' ? attributes.axis.value : 1) === 1

/** Where a Clip from 0 ends; undefined for one that begins elsewhere, or at a bound that is computed. */
function clipBound(graph: Graph, { inputs: [, min = '', max = ''] }: Node): number | undefined {
  const numberOf = (name: string) => {
    const tensor = graph.initializers.get(name)
    return tensor?.dataType === 'float32' ? tensorFloats(tensor)[0] : undefined
  }
  if (numberOf(min) !== 0) return undefined
  return max === '' ? Number.POSITIVE_INFINITY : numberOf(max)
}

const asRelu = (clip: Node): Node => ({
  name: clip.name,
  op: 'Relu',
  domain: '',
  inputs: clip.inputs.slice(0, 1),
  outputs: clip.outputs,
  attributes: {},
})

/** By what the channels that leave a layer are divided, and those that enter it multiplied. */
interface Scales {
  readonly out: Float64Array
  readonly into: Float64Array
}

const scalesOf = (scales: ReadonlyMap<Node, Scales>, node: Node): Scales =>
  scales.get(node) ?? { out: new Float64Array(), into: new Float64Array() }

/** Sweeps end when none of the scales changes by more than this share: what is left costs nothing. */
const settled = 0.02
const mostSweeps = 100

/**
 * A channel whose weights are a smaller share of the layer's greatest is dead, as BatchNormalization with γ ≈ 0 leaves it:
 * raised to the others, its bias would widen the layer's range beyond all use.
 */
const deadBelow = 1e-6

function balanced(graph: Graph, pairs: readonly Pair[], layers: readonly LayerWeights[]): ReadonlyMap<Node, Scales> {
  const reaches = new Map(layers.map(layer => [layer.node, reachOf(graph, layer)]))
  const scales = new Map(
    layers.map(({ node, outputs, inputs }) => [
      node,
      { out: new Float64Array(outputs).fill(1), into: new Float64Array(inputs).fill(1) },
    ]),
  )
  const rangesOf = (layer: LayerWeights, side: 'out' | 'into'): Float64Array => {
    const { node, outputs, inputs, columns, input } = layer
    const reach = reaches.get(node) ?? new Float64Array()
    const { out, into } = scalesOf(scales, node)
    const ranges = new Float64Array(side === 'out' ? outputs : inputs)
    for (let row = 0; row < outputs; row++)
      for (let column = 0; column < columns; column++) {
        const from = input(row, column)
        const size = ((reach[row * columns + column] ?? 0) * (into[from] ?? 1)) / (out[row] ?? 1)
        const channel = side === 'out' ? row : from
        if (size > (ranges[channel] ?? 0)) ranges[channel] = size
      }
    return ranges
  }
  const sweep = () => {
    let change = 0
    for (const { first, second, block } of pairs) {
      const going = rangesOf(first, 'out')
      const coming = rangesOf(second, 'into')
      const { out } = scalesOf(scales, first.node)
      const { into } = scalesOf(scales, second.node)
      const dead = deadBelow * going.reduce((a, b) => Math.max(a, b), 0)
      for (let channel = 0; channel < first.outputs; channel++) {
        const r1 = going[channel] ?? 0
        const r2 = coming.subarray(channel * block, (channel + 1) * block).reduce((a, b) => Math.max(a, b), 0)
        // A channel that is never made, or never read, has no range to balance.
        if (r1 <= dead || r2 === 0) continue
        const s = Math.sqrt(r1 * r2) / r2
        out[channel] = (out[channel] ?? 1) * s
        for (let place = channel * block; place < (channel + 1) * block; place++) into[place] = (into[place] ?? 1) * s
        change = Math.max(change, Math.abs(Math.log(s)))
      }
    }
    return change
  }
  for (let count = 0; count < mostSweeps && sweep() > settled; count++);
  return scales
}
