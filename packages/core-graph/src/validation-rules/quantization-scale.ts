import { about, labelOf, numbersOf, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** y = x / scale: a scale of 0 makes everything infinite, a negative one turns the order round. */
export const quantizationScale = defineValidationRule({
  id: 'quantization-scale',
  severity: 'error',
  demands: 'Scales of QuantizeLinear and DequantizeLinear that are constant are finite and above 0.',
  *check(context) {
    for (const { node, scale } of quantizationsOf(context)) {
      if (!scale?.constant) continue
      const values = numbersOf(scale.constant)
      const index = values?.findIndex(value => !(value > 0 && Number.isFinite(value))) ?? -1
      if (index >= 0)
        yield {
          message: `${labelOf(node)} has the scale ${values?.[index]} at index ${index} of ${node.inputs[1]}.`,
          hint: 'Calibrate again: the range that it stands for is empty or not finite.',
          ...about(node),
          value: node.inputs[1] ?? '',
        }
    }
  },
})
