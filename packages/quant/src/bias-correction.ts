import {
  type ChannelReduction,
  channelReductions,
  createBuilder,
  type Graph,
  inferTypes,
  type Node,
  tensorFloats,
  tensorOf,
  usersOf,
} from '@pare/core-graph'
import { type LayerWeights, layerWeights } from './layer-weights.ts'
import type { QuantizationPlan } from './plan.ts'
import type { Sampling } from './range-store.ts'

/** What was added to a layer's bias. Plain JSON data. */
export interface CorrectedBias {
  readonly node: string
  /** The greatest change of a channel's bias, as a share of the layer's greatest mean magnitude. */
  readonly shift: number
}

/**
 * Bias correction (Nagel et al. 2019, section 4.2, by data): rounding the weights shifts the mean of what a layer makes;
 * its bias takes that back. Layer by layer, in the graph's order, so that each one is measured on what the layers before
 * it, already corrected, give it.
 *
 *     b′ = b + E[y_float] − E[y_int8]      for each output channel, over samples and places
 *
 * Layers without a bias get one. MatMul has none, and is left as it is.
 *
 * @param planOf plans the graph that it is given, always by the same options
 * @param quantize writes a plan's Q/DQ pairs into its graph
 * @returns the float graph with the new biases, to be quantized by its own plan and the same ranges
 */
export async function correctBiases(
  graph: Graph,
  planOf: (graph: Graph) => QuantizationPlan,
  quantize: (graph: Graph, plan: QuantizationPlan) => Graph,
  sampling: Sampling,
): Promise<{ readonly graph: Graph; readonly corrected: readonly CorrectedBias[] }> {
  const { progress, signal } = sampling
  const quantized = new Set(planOf(graph).weights.flatMap(({ readers }) => readers.map(({ node }) => node)))
  const float = withOwnBiases(
    graph,
    layersOf(graph).filter(({ node }) => quantized.has(node.name)),
  )
  const plan = planOf(float)
  // The biases stay float while they change; in int32 they are as good as that.
  const int8 = quantize(float, { ...plan, quantization: { ...plan.quantization, bias: 'float' } })
  const layers = layersOf(float).filter(({ node }) => quantized.has(node.name))
  const int8Node = new Map(int8.nodes.map(node => [node.name, node]))
  const wanted = await channelMeans(
    float,
    layers.map(({ node }) => outputOf(node)),
    sampling,
  )
  const biases = new Map<string, Float32Array>()
  const withBiases = (into: Graph): Graph => ({
    ...into,
    initializers: new Map([
      ...into.initializers,
      ...[...biases].map(([name, values]) => [name, tensorOf('float32', [values.length], values)] as const),
    ]),
  })
  const corrected: CorrectedBias[] = []
  for (const { node, bias = '' } of layers) {
    signal?.throwIfAborted()
    const means = wanted.get(outputOf(node))
    const old = float.initializers.get(bias)
    if (means && old) {
      const made = outputOf(int8Node.get(node.name) ?? node)
      const got = (await channelMeans(withBiases(int8), [made], sampling)).get(made)
      const shifts = means.map((mean, channel) => mean - (got?.[channel] ?? mean))
      biases.set(
        bias,
        tensorFloats(old).map((value, channel) => value + (shifts[channel] ?? 0)),
      )
      corrected.push({ node: node.name, shift: largest(shifts) / (largest(means) || 1) })
    }
    progress?.({ done: corrected.length, total: layers.length, unit: 'layers' })
  }
  return { graph: withBiases(float), corrected }
}

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)

const outputOf = (node: Node): string => node.outputs[0] ?? ''

/** Those whose outputs have a known rank, so that the means of channels can be taken. */
const layersOf = (graph: Graph): readonly LayerWeights[] => {
  const { values } = inferTypes(graph)
  return graph.nodes.flatMap(node => (values.get(outputOf(node))?.shape ? (layerWeights(graph, node) ?? []) : []))
}

/** Gives each layer a bias that it alone reads: zeros where it had none. */
function withOwnBiases(graph: Graph, layers: readonly LayerWeights[]): Graph {
  const b = createBuilder(graph)
  const names = new Map<Node, string>()
  for (const { node, bias, outputs } of layers) {
    const shared = bias === undefined ? undefined : graph.initializers.get(bias)
    if (bias !== undefined && usersOf(graph, bias).length === 1) continue
    const values = shared ? tensorFloats(shared).slice() : new Float32Array(outputs)
    names.set(node, b.initializer(`${node.name}/bias`, tensorOf('float32', [outputs], values)).name)
  }
  if (names.size === 0) return graph
  const nodes = graph.nodes.map(node => {
    const name = names.get(node)
    return name === undefined ? node : { ...node, inputs: [...node.inputs.slice(0, 2), name] }
  })
  return { ...b.build(), nodes }
}

/** The mean of each channel (axis 1) of some values over the calibration samples, by name. */
async function channelMeans(
  graph: Graph,
  values: readonly string[],
  { calibration, ...sampling }: Sampling,
): Promise<ReadonlyMap<string, Float64Array>> {
  const sums = new Map<string, Float64Array>()
  let seen = 0
  const reductions = values.map(
    (value): ChannelReduction => ({
      value,
      axis: 1,
      reduce: (b, tensor, others) => b.ReduceMean(tensor, others, { keepdims: 0 }),
    }),
  )
  const setup = { ...sampling, source: calibration, session: { fusesQuantization: false, plansMemory: false } }
  for await (const { size, numbers } of channelReductions(graph, reductions, setup)) {
    for (const [index, value] of values.entries()) {
      const means = numbers[index] ?? []
      const sum = sums.get(value) ?? new Float64Array(means.length)
      for (const [channel, mean] of means.entries()) sum[channel] = (sum[channel] ?? 0) + mean * size
      sums.set(value, sum)
    }
    seen += size
  }
  return new Map([...sums].map(([value, sum]) => [value, sum.map(total => total / seen)]))
}
