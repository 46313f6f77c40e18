import {
  type Graph,
  graphIndex,
  type Node,
  type TargetQuantization,
  type Tensor,
  tensorFloats,
  tensorNumbers,
} from '@pare/core-graph'
import { type Affine, type Range, rangeOf } from '../affine.ts'
import type { Ranges } from '../insert-qdq.ts'
import { usualQuantization } from '../plan.ts'
import { chooseNodes } from '../quantized-nodes.ts'
import { inputNames } from '../rule.ts'

/** How an int8 model was made of its float one, read off the int8 model itself. */
export interface AsQuantized {
  readonly quantization: TargetQuantization
  /** Nodes of the float graph that stayed float. */
  readonly keep: ReadonlyMap<string, string>
  /** How each value of the float graph that has a Q/DQ pair is mapped. */
  readonly affines: ReadonlyMap<string, Affine>
  /** The same as ranges. */
  readonly ranges: Ranges
  /** Nodes whose weights have one scale for all their channels. */
  readonly oneScale: ReadonlySet<string>
}

/** Nodes go by their names, and values too, as Pare and most other tools leave them. */
export function asQuantized(float: Graph, int8: Graph): AsQuantized {
  const affines = new Map(int8.nodes.flatMap(node => pairOf(int8, node)))
  const all = [...affines.values()]
  const { activations } = usualQuantization
  const dataType = all[0]?.dataType ?? activations.dataType
  const symmetric = all.length > 0 && all.every(({ zeroPoint }) => zeroPoint === (dataType === 'uint8' ? 128 : 0))
  const named = new Map(int8.nodes.map(node => [node.name, node]))
  const keep = new Map<string, string>()
  const oneScale = new Set<string>()
  let most = 0
  let isChannelwise = false
  let hasInteger = false
  let hasFloat = false
  for (const { node, rule } of chooseNodes(float, {}).nodes) {
    const other = named.get(node.name)
    const levels = other && rule.weight && weightsOf(int8, inputNames(other, rule.weight.input)[0])
    const isWeighted = rule.weight && float.initializers.has(inputNames(node, rule.weight.input)[0] ?? '')
    const isIn8 = other !== undefined && rule.data.some(input => isDequantized(int8, inputNames(other, input)[0]))
    if (!isIn8 || (isWeighted && !levels)) keep.set(node.name, 'it is float in the int8 model')
    if (!isIn8 || !levels) continue
    if (levels.scales > 1) isChannelwise = true
    else oneScale.add(node.name)
    most = levels.values.reduce((a, b) => Math.max(a, Math.abs(b)), most)
    const bias = rule.bias && inputNames(other, rule.bias)[0]
    if (bias) hasInteger ||= isDequantized(int8, bias)
    if (bias) hasFloat ||= !isDequantized(int8, bias)
  }
  return {
    quantization: {
      activations: { dataType, symmetric },
      weights: { bits: most > 0 && most <= 64 ? 7 : 8, perChannel: isChannelwise || oneScale.size === 0 },
      bias: hasFloat && !hasInteger ? 'float' : 'int32',
    },
    keep,
    affines,
    ranges: new Map([...affines].map(([name, affine]) => [name, symmetric ? symmetricRange(affine) : rangeOf(affine)])),
    oneScale,
  }
}

const symmetricRange = ({ scale }: Affine): Range => ({ low: -127 * scale, high: 127 * scale })

/** A value's name in the float graph, and how it is mapped. */
function pairOf(graph: Graph, { op, inputs }: Node): readonly (readonly [string, Affine])[] {
  const [value = '', scaleName = '', zeroName = ''] = inputs
  const [scale, zero] = [graph.initializers.get(scaleName), graph.initializers.get(zeroName)]
  if (op !== 'QuantizeLinear' || scale?.dataType !== 'float32') return []
  const dataType = zero?.dataType ?? 'uint8'
  const [only, ...others] = tensorFloats(scale)
  if (only === undefined || others.length > 0 || (dataType !== 'uint8' && dataType !== 'int8')) return []
  return [[value.replace(/\/raw$/, ''), { dataType, scale: only, zeroPoint: zero ? (tensorNumbers(zero)[0] ?? 0) : 0 }]]
}

const dequantizer = (graph: Graph, value: string | undefined): Node | undefined => {
  const node = graphIndex(graph).producer.get(value ?? '')
  return node?.op === 'DequantizeLinear' ? node : undefined
}

const isDequantized = (graph: Graph, value: string | undefined) => dequantizer(graph, value) !== undefined

function weightsOf(graph: Graph, value: string | undefined) {
  const [levels = '', scale = ''] = dequantizer(graph, value)?.inputs ?? []
  const tensor: Tensor | undefined = graph.initializers.get(levels)
  const scales = graph.initializers.get(scale)
  if (tensor?.dataType !== 'int8' || !scales) return undefined
  return { values: tensorNumbers(tensor), scales: tensorFloats(scales).length }
}
