import {
  createRandom,
  elementCount,
  feedsOf,
  type Graph,
  graphIndex,
  type Node,
  passes,
  shuffledOrder,
  type Tensor,
  tensorFloats,
  withOutputs,
} from '@pare/core-graph'
import type { z } from 'zod'
import { roundHalfToEven } from './affine.ts'
import { groupAffines, insertQdq, type Ranges } from './insert-qdq.ts'
import type { QuantizationPlan } from './plan.ts'
import type { PlannedWeight } from './plan-weights.ts'
import { greatestLevel, raiseForBias, weightScales } from './quantize-weights.ts'
import type { Sampling } from './range-store.ts'
import { type Activations, learnRounding } from './rounding-step.ts'
import type { adaRoundOptions } from './static-options.ts'

/** What learning the rounding of a layer's weights brought. Plain JSON data. */
export interface LearnedRounding {
  readonly node: string
  /** Fewer than there are where what the layer reads and makes of them takes more than 128 MiB. */
  readonly samples: number
  /** Mean squared error of what the layer makes, on what the layers before it in int8 give it, of samples not learned from. */
  readonly nearest: number
  readonly learned: number
  /** Share of the weights that are not rounded to the nearest level. */
  readonly turned: number
}

/** A float graph whose weights lie on the levels that they will have. */
export interface Rounded {
  readonly graph: Graph
  /** The scales of these weights, by their names. */
  readonly scales: ReadonlyMap<string, Float32Array>
  readonly layers: readonly LearnedRounding[]
}

/** What is kept of one layer's input and output, in bytes. */
const memoryBudget = 128 * 2 ** 20

/**
 * AdaRound (Nagel et al. 2020, "Up or Down? Adaptive Rounding for Post-Training Quantization"): whether each weight is
 * rounded up or down is learned, so that what the layer makes changes least. Layer by layer in the graph's order, each on
 * what the layers before it, already rounded, give it in int8; the target is what the float model makes of the same
 * samples, behind the Relu or Clip that the layer's pair does the work of.
 *
 *     W̃ = s · clip(⌊W/s⌋ + h(V), −Q, Q)      h(V) = clip(1.2·σ(V) − 0.1, 0, 1)
 *     min over V:  ‖f(Wx) − f(W̃x̂)‖² / ‖f(Wx) − f(W̃₀x̂)‖² + λ · mean(1 − |2h(V) − 1|^β)
 *
 * W̃₀ is rounded to nearest, which makes λ mean the same for every layer (the paper has the plain error and a sum); β falls
 * from 20 to 2, and λ is 0 in the first fifth of the steps. A quarter of the samples is not learned from: where the
 * learned rounding is not better on these, the nearest one stays. Weights that several nodes read are rounded to nearest.
 */
export async function adaRound(
  graph: Graph,
  plan: QuantizationPlan,
  ranges: Ranges,
  sampling: Sampling,
  options: z.output<typeof adaRoundOptions>,
): Promise<Rounded> {
  const { progress, signal, seed } = sampling
  const scales = new Map<string, Float32Array>()
  const layers: LearnedRounding[] = []
  const nodes = new Map(graph.nodes.map(node => [node.name, node]))
  const dataScales = new Map(
    [...groupAffines(graph, plan, ranges)].flatMap(([{ values }, { scale }]) =>
      values.map(name => [name, scale] as const),
    ),
  )
  const order = new Map(graph.nodes.map((node, index) => [node.name, index]))
  const planned = plan.weights
    .filter(({ readers }) => readers.length === 1)
    .toSorted((a, b) => (order.get(a.readers[0]?.node ?? '') ?? 0) - (order.get(b.readers[0]?.node ?? '') ?? 0))
  let current = graph
  for (const [index, weight] of planned.entries()) {
    signal?.throwIfAborted()
    const [reader] = weight.readers
    const node = nodes.get(reader?.node ?? '')
    const tensor = graph.initializers.get(weight.tensor)
    if (!reader || !node || !tensor) continue
    const bias = reader.bias === undefined ? undefined : graph.initializers.get(reader.bias)
    const own = weightScales(tensor, weight.axis, weight.bits)
    const scale = bias ? raiseForBias(own, dataScales.get(reader.data) ?? 1, bias) : own
    scales.set(weight.tensor, scale)
    const chain = [node, ...absorbedBehind(graph, node, plan)]
    const int8 = insertQdq(current, plan, { groups: groupAffines(current, plan, ranges), weights: scales })
    const read = int8.nodes.find(({ name }) => name === node.name)?.inputs[node.inputs.indexOf(reader.data)] ?? ''
    const data = await activationsOf(graph, int8, chain.at(-1)?.outputs[0] ?? '', read, sampling)
    const elements = roundingOf(tensor, weight, scale)
    const found = await learnRounding(
      { graph, nodes: chain, data: reader.data, weight: weight.tensor, ...elements },
      data,
      sampling.executor,
      { ...options, random: createRandom(seed, index), signal },
    )
    const { nearest, learned, turned } = found
    layers.push({ node: node.name, samples: data.rows, nearest, learned, turned })
    current = { ...current, initializers: new Map(current.initializers).set(weight.tensor, found.weights) }
    progress?.({ done: index + 1, total: planned.length, unit: 'layers' })
  }
  return { graph: current, scales, layers }
}

/** The Relu and Clip nodes behind a node whose work its pair does. */
function absorbedBehind(graph: Graph, node: Node, { groups }: QuantizationPlan): readonly Node[] {
  const { users } = graphIndex(graph)
  const paired = new Set(groups.flatMap(({ values }) => values))
  const found: Node[] = []
  for (let [value = ''] = node.outputs; !paired.has(value); ) {
    const [reader, ...others] = users.get(value) ?? []
    if (!reader || others.length > 0 || (reader.op !== 'Relu' && reader.op !== 'Clip')) return []
    found.push(reader)
    value = reader.outputs[0] ?? ''
  }
  return found
}

/** The levels below the weights, how far the weights are above them, and the scale of each, all in the weights' shape. */
function roundingOf({ dims, ...tensor }: Tensor, { axis, bits }: PlannedWeight, scale: Float32Array) {
  const values = tensorFloats({ dims, ...tensor })
  const most = greatestLevel[bits]
  const inner = axis === undefined ? values.length : elementCount(dims.slice(axis + 1))
  const scaleOf = (index: number) => scale[axis === undefined ? 0 : Math.floor(index / inner) % scale.length] ?? 1
  const below = new Float32Array(values.length)
  const fraction = new Float32Array(values.length)
  for (const [index, value] of values.entries()) {
    const level = Math.min(Math.max(Math.fround(value / scaleOf(index)), -most), most)
    // What is all but a level stays one: the weight of greatest magnitude must not be turned away from its own.
    const whole = Math.abs(level - roundHalfToEven(level)) < 1e-4 ? roundHalfToEven(level) : Math.floor(level)
    below[index] = whole
    fraction[index] = Math.max(0, level - whole)
  }
  const shape = dims.map((size, place) => (axis === undefined || place === axis ? size : 1))
  return {
    dims,
    below,
    fraction,
    most,
    scale: axis === undefined ? { dims: [], data: scale } : { dims: shape, data: scale },
    scaleOf,
  }
}

/** What a layer reads in the int8 model, and what it should make of it: what it makes in the float one. */
async function activationsOf(
  float: Graph,
  int8: Graph,
  target: string,
  data: string,
  { executor, calibration, samples, batchSize, seed, signal }: Sampling,
): Promise<Activations> {
  const only = (graph: Graph, value: string) => passes['remove-dead-code'].run(withOutputs(graph, [value])).graph
  const isInput = int8.inputs.some(({ name }) => name === data)
  const [wanted, given] = [only(float, target), only(int8, data)]
  await using first = await executor.open(wanted, { plansMemory: false })
  await using second = await executor.open(given, { fusesQuantization: false, plansMemory: false })
  const parts: { x: Float32Array; y: Float32Array; rows: number }[] = []
  let xRow: readonly number[] = []
  let yRow: readonly number[] = []
  let bytes = 0
  for await (const batch of calibration.batches({
    batchSize,
    limit: samples,
    ...shuffledOrder(calibration, seed),
    ...(signal && { signal }),
  })) {
    for (const { tensors } of feedsOf(float, batch)) {
      const y = (await first.run(tensors, [target]))[target]
      const x = isInput ? tensors[data] : (await second.run(tensors, [data]))[data]
      if (!(x?.data instanceof Float32Array) || !(y?.data instanceof Float32Array)) continue
      xRow = x.dims.slice(1)
      yRow = y.dims.slice(1)
      parts.push({ x: x.data, y: y.data, rows: x.dims[0] ?? 1 })
      bytes += x.data.byteLength + y.data.byteLength
    }
    if (bytes > memoryBudget) break
  }
  return {
    rows: parts.reduce((sum, { rows }) => sum + rows, 0),
    x: { row: xRow, data: joined(parts.map(({ x }) => x)) },
    y: { row: yRow, data: joined(parts.map(({ y }) => y)) },
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
