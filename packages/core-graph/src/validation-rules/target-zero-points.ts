import { about, labelOf, middleOf, numbersOf, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** Symmetric quantization: 0 is the middle of the type. A zero point that is left out is 0. */
export const targetZeroPoints = defineValidationRule({
  id: 'target-zero-points',
  severity: 'error',
  demands: 'Zero points lie in the middle of their type where the target is symmetric.',
  *check(context) {
    const { target } = context
    if (!target?.symmetricOnly) return
    for (const { node, quantizedType, zeroPoint } of quantizationsOf(context)) {
      if (!quantizedType) continue
      const middle = middleOf(quantizedType)
      const values = zeroPoint ? zeroPoint.constant && numbersOf(zeroPoint.constant) : [0]
      const other = values?.find(value => value !== middle)
      if (other !== undefined)
        yield {
          message: `${labelOf(node)} has the zero point ${other}; ${target.id} wants ${middle}.`,
          hint: `Quantize the float model for it (target: ${target.id}).`,
          ...about(node),
        }
    }
  },
})
