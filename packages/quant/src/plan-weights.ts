import {
  type Graph,
  graphIndex,
  ModelError,
  type TargetQuantization,
  type Tensor,
  tensorBytes,
  tensorFloats,
  usersOf,
} from '@pare/core-graph'
import type { WeightBits } from './quantize-weights.ts'
import type { QuantizedNode } from './quantized-nodes.ts'
import { inputNames } from './rule.ts'

/** What stays float, and why. */
export interface KeptFloat {
  readonly node: string
  readonly op: string
  /** The constant concerned, where it is not the whole node. */
  readonly tensor?: string
  readonly reason: string
}

/** Constant weights that become int8, once for all that read them. */
export interface PlannedWeight {
  /** Name of the initializer. */
  readonly tensor: string
  /** The axis along which each index has its own scale; undefined for one scale. */
  readonly axis: number | undefined
  readonly bits: WeightBits
  /** Whether the zero point is written although it is 0. */
  readonly zeroPoint: boolean
  readonly readers: readonly WeightReader[]
}

/** A node that computes with quantized weights. */
export interface WeightReader {
  readonly node: string
  /** The activation that the weights are multiplied with. */
  readonly data: string
  /** Name of the initializer of the bias. */
  readonly bias: string | undefined
}

/**
 * @throws ModelError `MODEL_NOT_FINITE` for weights that are NaN or infinite
 */
export function planWeights(
  graph: Graph,
  nodes: readonly QuantizedNode[],
  { weights: { perChannel, bits } }: Pick<TargetQuantization, 'weights'>,
): { readonly weights: readonly PlannedWeight[]; readonly kept: readonly KeptFloat[]; readonly notes: string[] } {
  const found = new Map<string, { axes: Set<number | undefined>; zeroPoint: boolean; readers: WeightReader[] }>()
  for (const { node, rule, context, data } of nodes) {
    const tensor = rule.weight && inputNames(node, rule.weight.input)[0]
    if (!rule.weight || !tensor || !graph.initializers.has(tensor)) continue
    const entry = found.get(tensor) ?? { axes: new Set(), zeroPoint: false, readers: [] }
    entry.axes.add(perChannel ? rule.weight.axis(context) : undefined)
    entry.zeroPoint ||= rule.weight.zeroPoint ?? false
    entry.readers.push({
      node: node.name,
      data: data[0] ?? '',
      bias: rule.bias && inputNames(node, rule.bias)[0],
    })
    found.set(tensor, entry)
  }
  const notes: string[] = []
  const kept: KeptFloat[] = []
  const weights = [...found].map(([tensor, { axes, zeroPoint, readers }]) => {
    for (const name of [tensor, ...readers.map(reader => reader.bias)]) if (name) checkFinite(graph, name)
    const [axis] = axes
    if (axes.size > 1)
      notes.push(
        `The weights ${tensor} are shared by ${readers.map(reader => reader.node).join(' and ')}, whose output channels lie along different axes: one scale for the whole tensor keeps them shared.`,
      )
    kept.push(...floatReaders(graph, tensor, readers))
    return { tensor, axis: axes.size > 1 ? undefined : axis, bits, zeroPoint, readers }
  })
  return { weights, kept, notes }
}

/** Whoever else reads the weights reads floats, so a float copy stays beside the int8 one. */
function floatReaders(graph: Graph, tensor: string, readers: readonly WeightReader[]): KeptFloat[] {
  const quantized = new Set(readers.map(reader => reader.node))
  const others = usersOf(graph, tensor).filter(node => !quantized.has(node.name))
  const kept = others.map(node => ({
    node: node.name,
    op: node.op,
    tensor,
    reason: `it reads the weights ${tensor} as floats, so they are stored as int8 and as float`,
  }))
  if (!graphIndex(graph).outputs.has(tensor)) return kept
  const [reader] = usersOf(graph, tensor)
  const reason = `its weights ${tensor} are an output of the model too, so they are stored as int8 and as float`
  return [...kept, ...(reader ? [{ node: reader.name, op: reader.op, tensor, reason }] : [])]
}

function checkFinite(graph: Graph, name: string): void {
  const tensor = graph.initializers.get(name)
  const bad = tensor && firstNotFinite(tensor)
  if (bad === undefined) return
  const [node] = usersOf(graph, name)
  throw new ModelError({
    code: 'MODEL_NOT_FINITE',
    message: `The weights ${name} hold ${bad.value} at index ${bad.index}.`,
    hint: 'The training that made them diverged: take an earlier checkpoint.',
    ...(node ? { node } : {}),
  })
}

/** Looks at the bytes, which are not copied wherever they lie in the file: all bits of the exponent are set. */
function firstNotFinite(tensor: Tensor): { readonly index: number; readonly value: number } | undefined {
  if (tensor.dataType !== 'float32') return undefined
  const bytes = tensorBytes(tensor)
  for (let last = 3; last < bytes.length; last += 4) {
    if (((bytes[last] ?? 0) & 0x7f) !== 0x7f || ((bytes[last - 1] ?? 0) & 0x80) === 0) continue
    const index = (last - 3) / 4
    return { index, value: tensorFloats(tensor)[index] ?? Number.NaN }
  }
  return undefined
}
