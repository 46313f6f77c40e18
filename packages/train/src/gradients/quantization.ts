import { type GraphBuilder, isInteger, ModelError, type Value } from '@pare/core-graph'
import { dimensionsOf } from '../shapes.ts'

interface QuantizationAttributes {
  readonly axis: number
  readonly block_size: number
}

/** Whether there is a scale for each index of the axis. */
const isPerAxis = (scale: Value): boolean => dimensionsOf(scale).length === 1 && scale.shape?.[0] !== 1

/** A scale or zero point, shaped to be broadcast to what it scales. @throws ModelError `MODEL_GRADIENT` for blocks */
export function perAxis(
  b: GraphBuilder,
  scale: Value,
  like: Value,
  { axis, block_size }: QuantizationAttributes,
): Value {
  if (block_size > 0)
    throw new ModelError({
      code: 'MODEL_GRADIENT',
      message: `${like.name} is quantized in blocks of ${block_size}, which has no gradient.`,
      hint: 'Quantize it with one scale, or one for each index of an axis.',
    })
  if (!isPerAxis(scale)) return scale
  const { length: rank } = dimensionsOf(like)
  const along = axis < 0 ? axis + rank : axis
  return b.Reshape(scale, b.ints(...Array.from({ length: rank }, (_, place) => (place === along ? -1 : 1))))
}

/** Sums of a gradient `[*s]` over what each scale scales: of the scale's shape. */
export function perScale(b: GraphBuilder, gradient: Value, scale: Value, { axis }: QuantizationAttributes): Value {
  const { length: rank } = dimensionsOf(gradient)
  const along = axis < 0 ? axis + rank : axis
  const others = Array.from({ length: rank }, (_, place) => place).filter(place => !isPerAxis(scale) || place !== along)
  return b.ReduceSum(gradient, b.ints(...others), { keepdims: 0 })
}

/** The least and the greatest level of an integer type. @throws ModelError `MODEL_GRADIENT` for floats of 8 bits */
export function levelsOf({ name, dataType }: Value): readonly [low: number, high: number] {
  if (!isInteger(dataType))
    throw new ModelError({
      code: 'MODEL_GRADIENT',
      message: `${name} is quantized to ${dataType}, which has no gradient.`,
      hint: 'Quantize it to integers.',
    })
  const bits = Number(dataType.replace(/^u?int/, ''))
  return dataType.startsWith('u') ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]
}
