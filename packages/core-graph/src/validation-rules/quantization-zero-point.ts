import { type DataType, dataTypeName } from '../data-type.ts'
import type { Attribute } from '../graph.ts'
import { shapeText } from '../operators/axis.ts'
import { about, labelOf, numbersOf, type Quantization, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** A zero point for each scale, of the quantized type (ONNX, "QuantizeLinear", "DequantizeLinear"). */
export const quantizationZeroPoint = defineValidationRule({
  id: 'quantization-zero-point',
  severity: 'error',
  demands:
    'Zero points have the shape of the scale and the quantized type; those of int32 and of 8-bit floats are 0 or left out.',
  *check(context) {
    for (const quantization of quantizationsOf(context)) {
      const { node } = quantization
      const problem = misfit(quantization)
      if (problem)
        yield {
          message: `${labelOf(node)} ${problem}.`,
          hint: 'Give a zero point of the shape of the scale and of the quantized type, or none, which is 0.',
          ...about(node),
          value: node.inputs[2] ?? '',
        }
    }
  },
})

function misfit({ node, x, scale, zeroPoint, isQuantize, quantizedType }: Quantization): string | undefined {
  if (!zeroPoint) return undefined
  const [scales, zeros] = [scale?.shape, zeroPoint.shape]
  if (scales && zeros && (scales.length !== zeros.length || scales.some((size, axis) => differ(size, zeros[axis]))))
    return `has zero points of shape ${shapeText(zeros)} and scales of shape ${shapeText(scales)}`
  const wanted = isQuantize ? statedOutput(node.attributes.output_dtype) : x?.dataType
  if (wanted && wanted !== zeroPoint.dataType) return `has a zero point of type ${zeroPoint.dataType} for ${wanted}`
  if (!quantizedType || !takesNone(quantizedType) || !zeroPoint.constant) return undefined
  const other = numbersOf(zeroPoint.constant)?.find(value => value !== 0)
  return other === undefined ? undefined : `has the zero point ${other} for ${quantizedType}, which has none but 0`
}

const statedOutput = (attribute: Attribute | undefined): DataType | undefined =>
  attribute?.kind === 'int' && attribute.value !== 0 ? dataTypeName(attribute.value) : undefined

const takesNone = (dataType: DataType) => dataType === 'int32' || dataType.startsWith('float8')

const differ = (a: unknown, b: unknown) => typeof a === 'number' && typeof b === 'number' && a !== b
