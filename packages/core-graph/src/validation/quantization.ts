import type { DataType } from '../data-type.ts'
import type { Node } from '../graph.ts'
import { halfToNumber } from '../half-floats.ts'
import type { Inferred } from '../operator.ts'
import { type Tensor, tensorElements } from '../tensor.ts'
import type { InferredBody } from './inference.ts'
import type { ValidationContext } from './rule.ts'

/** A QuantizeLinear or DequantizeLinear, with what is known of its inputs. */
export interface Quantization {
  readonly node: Node
  readonly isQuantize: boolean
  readonly x: Inferred | undefined
  readonly scale: Inferred | undefined
  readonly zeroPoint: Inferred | undefined
  readonly axis: number
  /** 0 where there are no blocks. */
  readonly block: number
  /** The integer type: of the output of QuantizeLinear, of x of DequantizeLinear. */
  readonly quantizedType: DataType | undefined
}

export const isQuantization = ({ domain, op }: Pick<Node, 'domain' | 'op'>): boolean =>
  domain === '' && (op === 'QuantizeLinear' || op === 'DequantizeLinear')

/** Of the model and all bodies. */
export const quantizationsOf = ({ inference }: ValidationContext): readonly Quantization[] =>
  inference().bodies.flatMap(inferred =>
    inferred.body.nodes.filter(isQuantization).map(node => quantizationOf(node, inferred)),
  )

/** What a quantizing node of an inferred body says. */
export function quantizationOf(node: Node, { values }: InferredBody): Quantization {
  const [x = '', scale = '', zeroPoint = ''] = node.inputs
  const isQuantize = node.op === 'QuantizeLinear'
  return {
    node,
    isQuantize,
    x: values.get(x),
    scale: values.get(scale),
    zeroPoint: zeroPoint === '' ? undefined : values.get(zeroPoint),
    axis: intOf(node, 'axis') ?? 1,
    block: intOf(node, 'block_size') ?? 0,
    quantizedType: values.get((isQuantize ? node.outputs[0] : x) ?? '')?.dataType,
  }
}

const intOf = ({ attributes }: Node, name: string) => {
  const given = attributes[name]
  return given?.kind === 'int' ? given.value : undefined
}

/** The numbers of a constant; undefined for types whose elements are not read one by one. */
export function numbersOf(tensor: Tensor): Float64Array | undefined {
  if (/int[42]$|^float[48]|^complex|^string/.test(tensor.dataType)) return undefined
  const elements: ArrayLike<number | bigint> = tensorElements(tensor)
  const decode = tensor.dataType === 'float16' ? halfToNumber : tensor.dataType === 'bfloat16' ? brainOf : Number
  return Float64Array.from(elements, value => decode(Number(value)))
}

/** bfloat16: the upper half of a float32. */
const brainOf = (bits: number) => new Float32Array(new Uint32Array([bits << 16]).buffer)[0] ?? Number.NaN

/** The middle of an integer type, to which symmetric quantization maps 0. */
export const middleOf = (dataType: DataType): number => {
  const [, bits = ''] = /^uint(\d+)$/.exec(dataType) ?? []
  return bits === '' ? 0 : 2 ** (Number(bits) - 1)
}

/** `Node q (QuantizeLinear)` */
export const labelOf = ({ name, op }: Node): string => `Node ${name} (${op})`

/** What a problem of a quantizing node is about. */
export const about = ({ name, op }: Node): { readonly node: { readonly name: string; readonly op: string } } => ({
  node: { name, op },
})
