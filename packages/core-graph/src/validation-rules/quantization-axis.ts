import { shapeText } from '../operators/axis.ts'
import { about, labelOf, type Quantization, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** One scale, one for each index of the axis, or one for each block along it (ONNX, "QuantizeLinear"). */
export const quantizationAxis = defineValidationRule({
  id: 'quantization-axis',
  severity: 'error',
  demands: 'Scales are one number, or as many as the axis has indices or blocks; the axis is one of the tensor.',
  *check(context) {
    for (const quantization of quantizationsOf(context)) {
      const problem = misfit(quantization)
      if (problem)
        yield {
          message: `${labelOf(quantization.node)} ${problem}.`,
          hint: 'Give one scale, or the axis that the scales belong to and one scale for each of its indices.',
          ...about(quantization.node),
        }
    }
  },
})

function misfit({ x, scale, axis, block }: Quantization): string | undefined {
  const [sizes, scales] = [x?.shape, scale?.shape]
  if (!sizes || !scales) return undefined
  if (block < 0) return `has blocks of ${block}`
  if (block === 0 && scales.every(size => size === 1) && scales.length <= 1) return undefined
  const along = axis < 0 ? axis + sizes.length : axis
  const size = sizes[along]
  if (size === undefined) return `has the axis ${axis} for a tensor of shape ${shapeText(sizes)}`
  const text = `has scales of shape ${shapeText(scales)} for axis ${axis} of ${shapeText(sizes)}`
  if (block === 0) {
    const [count] = scales
    return scales.length !== 1 || differ(count, size) ? text : undefined
  }
  const blocks = typeof size === 'number' ? Math.ceil(size / block) : null
  const fits =
    scales.length === sizes.length && scales.every((count, at) => !differ(count, at === along ? blocks : sizes[at]))
  return fits ? undefined : `${text} in blocks of ${block}`
}

const differ = (a: unknown, b: unknown) => typeof a === 'number' && typeof b === 'number' && a !== b
