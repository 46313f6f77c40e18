import {
  createBuilder,
  type Graph,
  type GraphBuilder,
  graphIndex,
  ModelError,
  type Node,
  once,
  readsOf,
  redirectReads,
  renameValues,
  type Tensor,
  tensorFloats,
  tensorOf,
  usersOf,
  type Value,
} from '@pare/core-graph'
import { type Affine, affineOf, clamp, quantize, type Range, rangeOf, unionOf } from './affine.ts'
import type { QuantizationPlan } from './plan.ts'
import type { PlannedWeight } from './plan-weights.ts'
import { quantizeBias, quantizeWeights, raiseForBias, weightScales } from './quantize-weights.ts'
import { ruleOf } from './quantized-nodes.ts'
import type { ScaleGroup } from './scale-groups.ts'

/** The ranges of observed values, by their names. */
export type Ranges = ReadonlyMap<string, Range>

/** Scales that training has found. */
export interface TrainedScales {
  /** Of every group of the plan. */
  readonly groups: ReadonlyMap<ScaleGroup, TrainedAffine>
  /** One for each channel of the axis, or one in all, of every planned weight. */
  readonly weights: ReadonlyMap<string, Float32Array>
}

/** How a group is stored, and what it is clipped to before, where it has fewer levels than its type. */
export interface TrainedAffine extends Affine {
  readonly clip?: Range
}

/**
 * The quantized graph: every planned value is followed by one QuantizeLinear → DequantizeLinear pair that all its
 * quantized readers share, weights and biases are integers behind a DequantizeLinear. Inputs and outputs keep their
 * names, types and shapes. Zero points of weights and biases, zero by the specification's default, are left out.
 *
 *     y = Conv(x, W, B)   →   y = DQ(Q(Conv(DQ(Q(x)), DQ(W/q), DQ(B/q))))
 *
 * @param scales the ranges of every value that a group of the plan names in `observed`; the weights then have the scales
 *   of their greatest magnitudes. Or those that training has found
 * @throws ModelError `MODEL_PLAN` when the plan or the ranges are not this graph's
 */
export function insertQdq(graph: Graph, plan: QuantizationPlan, scales: Ranges | TrainedScales): Graph {
  const b = createBuilder(graph)
  const trained = 'groups' in scales ? scales : undefined
  const affines: TrainedScales['groups'] = 'groups' in scales ? scales.groups : groupAffines(graph, plan, scales)
  /** What is read instead of a value, by any reader or by one node. */
  const pairs = new Map<string, string>()
  const constants = new Map<string, Map<string, string>>()
  const readInstead = (node: string, name: string, by: Value) => {
    constants.set(node, (constants.get(node) ?? new Map()).set(name, by.name))
  }
  const quantized = new Set(plan.quantized.map(({ node }) => node))
  const dataScales = new Map<string, number>()
  for (const [group, affine] of affines) {
    const { clip } = affine
    const held = rangeOf(affine)
    const scale = b.scalar(affine.scale)
    const zeroPoint = b.constant(affine.dataType, [], [affine.zeroPoint])
    for (const name of group.values) {
      const clipped = clip ? b.Clip(b.value(name), b.scalar(clip.low), b.scalar(clip.high)) : b.value(name)
      const levels = b.named(b.QuantizeLinear(clipped, scale, zeroPoint), `${name}/q`)
      const value = b.DequantizeLinear(levels, scale, zeroPoint)
      pairs.set(name, value.name)
      dataScales.set(name, affine.scale)
      const guarded = once(() => b.Clip(value, b.scalar(held.low), b.scalar(held.high)))
      for (const node of floatLayers(graph, name, quantized)) readInstead(node.name, name, guarded())
    }
    for (const { tensor, nodes } of group.constants) {
      const levels = b.initializer(`${tensor}/q`, quantizeTensor(tensorNamed(graph, tensor), affine))
      const value = b.DequantizeLinear(levels, scale, zeroPoint)
      for (const node of nodes) readInstead(node, tensor, value)
    }
  }
  const scaleOf = (name: string) => dataScales.get(name) ?? 1
  for (const weight of plan.weights) {
    const own =
      trained?.weights.get(weight.tensor) ?? weightScales(tensorNamed(graph, weight.tensor), weight.axis, weight.bits)
    addWeight(b, graph, weight, own, plan.quantization.bias, scaleOf, readInstead)
  }
  return connect(graph, b.build(), pairs, constants, quantized).graph
}

/**
 * The layers in float that read what a quantized node makes. onnxruntime (1.30, and without a word) rounds the constant
 * weights of a Conv, ConvTranspose or Gemm that stands right behind a DequantizeLinear to int8, with one scale for the
 * whole tensor: something has to stand in between. A Clip to the range that the levels hold changes nothing.
 */
function floatLayers(graph: Graph, value: string, quantized: ReadonlySet<string>): readonly Node[] {
  const { producer } = graphIndex(graph)
  if (!quantized.has(producer.get(value)?.name ?? '')) return []
  return usersOf(graph, value).filter(
    node => !quantized.has(node.name) && ruleOf(node)?.weight?.dynamic === false && node.inputs[0] === value,
  )
}

/** The scale and zero point of each group. */
export function groupAffines(
  graph: Graph,
  { groups, quantization: { activations } }: QuantizationPlan,
  ranges: Ranges,
): ReadonlyMap<ScaleGroup, Affine> {
  return new Map(
    groups.map(group => {
      const observed = group.observed.map(name => rangeNamed(ranges, name))
      const constants = group.constants.map(({ tensor }) => extremesOf(tensorNamed(graph, tensor)))
      return [group, affineOf(unionOf([...observed, ...group.known, ...constants]), activations)]
    }),
  )
}

function rangeNamed(ranges: Ranges, name: string): Range {
  const range = ranges.get(name)
  if (range) return range
  throw new ModelError({
    code: 'MODEL_PLAN',
    message: `There is no range for the value ${name}.`,
    hint: 'Calibrate all values that the groups of the plan name in `observed`.',
  })
}

function addWeight(
  b: GraphBuilder,
  graph: Graph,
  { tensor: name, axis, bits, zeroPoint, readers }: PlannedWeight,
  own: Float32Array,
  biasType: QuantizationPlan['quantization']['bias'],
  scaleOf: (value: string) => number,
  readInstead: (node: string, name: string, by: Value) => void,
): void {
  const tensor = tensorNamed(graph, name)
  // A float bias too: onnxruntime makes it int32 by itself.
  const scales = readers.reduce(
    (raised, { data, bias }) => (bias ? raiseForBias(raised, scaleOf(data), tensorNamed(graph, bias)) : raised),
    own,
  )
  const dequantized = (levels: Value, values: Float32Array, along: number, zero?: 'int8') => {
    const dims = axis === undefined ? [] : [values.length]
    const scale =
      axis === undefined
        ? b.scalar(values[0] ?? 1)
        : b.initializer(`${levels.name}/s`, tensorOf('float32', dims, values))
    const zeros = zero && b.constant(zero, dims, new Int8Array(values.length))
    return b.DequantizeLinear(levels, scale, zeros, axis === undefined ? {} : { axis: along })
  }
  const levels = b.initializer(`${name}/q`, quantizeWeights(tensor, axis, scales, bits))
  const weights = dequantized(levels, scales, axis ?? 0, zeroPoint ? 'int8' : undefined)
  const biases = new Map<string, Value>()
  for (const { node, data, bias } of readers) {
    readInstead(node, name, weights)
    if (!bias || biasType === 'float') continue
    const key = `${bias} ${scaleOf(data)}`
    const known = biases.get(key)
    if (known) {
      readInstead(node, bias, known)
      continue
    }
    const integer = quantizeBias(tensorNamed(graph, bias), scaleOf(data), scales)
    const value = dequantized(b.initializer(`${bias}/q`, integer.levels), integer.scales, 0)
    biases.set(key, value)
    readInstead(node, bias, value)
  }
}

/**
 * Lets the nodes read what stands behind the pairs, puts everything in order, and drops what nothing reads any more.
 * @param pairs what stands behind the pair of a value
 * @param constants what a node reads in place of a constant
 * @param quantized names of the nodes whose results are read from behind their pairs only
 * @param swapped further values that others take the names of, and these others
 * @returns the graph, and values that others have taken the names of, with the names that they have instead
 */
export function connect(
  before: Graph,
  built: Graph,
  pairs: ReadonlyMap<string, string>,
  constants: ReadonlyMap<string, ReadonlyMap<string, string>>,
  quantized: ReadonlySet<string>,
  swapped: ReadonlyMap<string, string> = new Map(),
): { readonly graph: Graph; readonly renamed: ReadonlyMap<string, string> } {
  const { producer, outputs } = graphIndex(before)
  // A float node's result, and an input, stay as they are for float readers; a quantized node's may not be read raw,
  // or runtimes could not fuse it with the pair behind it.
  const isQuantized = (value: string) => quantized.has(producer.get(value)?.name ?? '')
  const original = new Set(before.nodes.map(node => node.name))
  const redirect = (node: Node): readonly Node[] => {
    if (!original.has(node.name)) return [node]
    const names = new Map<string, string>()
    for (const name of readsOf(node)) {
      const by =
        constants.get(node.name)?.get(name) ??
        (quantized.has(node.name) || isQuantized(name) ? pairs.get(name) : undefined)
      if (by !== undefined) names.set(name, by)
    }
    return redirectReads([node], names)
  }
  const takenOver = [...swapped, ...[...pairs].filter(([value]) => outputs.has(value) && isQuantized(value))]
  const renamed = new Map(takenOver.map(([value]) => [value, `${value}/raw`]))
  const names = new Map([...renamed, ...takenOver.map(([value, behind]) => [behind, value] as const)])
  const named = renameValues({ ...built, nodes: built.nodes.flatMap(redirect) }, names)
  const read = new Set([...named.nodes.flatMap(readsOf), ...before.outputs.map(output => output.name)])
  const initializers = new Map([...named.initializers].filter(([name]) => read.has(name)))
  const graph = { ...named, initializers, outputs: before.outputs, nodes: inReadingOrder(named.nodes) }
  return { graph, renamed }
}

/** Each node after those that it reads from, and these as late as they can be. */
function inReadingOrder(nodes: readonly Node[]): readonly Node[] {
  const producer = new Map(nodes.flatMap(node => node.outputs.map(name => [name, node] as const)))
  const placed = new Set<Node>()
  const place = (node: Node) => {
    if (placed.has(node)) return
    for (const name of readsOf(node)) {
      const before = producer.get(name)
      if (before) place(before)
    }
    placed.add(node)
  }
  for (const node of nodes) place(node)
  return [...placed]
}

export function tensorNamed(graph: Graph, name: string): Tensor {
  const tensor = graph.initializers.get(name)
  if (tensor) return tensor
  throw new ModelError({
    code: 'MODEL_PLAN',
    message: `The plan names a constant ${name}, which the graph does not have.`,
    hint: 'Plan and quantize the same graph.',
  })
}

function quantizeTensor(tensor: Tensor, { clip, ...affine }: TrainedAffine): Tensor {
  const inside = (value: number) => (clip ? clamp(value, clip.low, clip.high) : value)
  const levels = Array.from(tensorFloats(tensor), value => quantize(inside(value), affine))
  return tensorOf(affine.dataType, tensor.dims, levels)
}

export const extremesOf = (tensor: Tensor): Range => {
  let low = 0
  let high = 0
  for (const value of tensorFloats(tensor)) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return { low, high }
}
