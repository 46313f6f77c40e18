import { about, labelOf, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** A target that takes no DequantizeLinear of int32 keeps biases float. */
export const targetBias = defineValidationRule({
  id: 'target-bias',
  severity: 'error',
  demands: 'Biases are float where the target wants them float.',
  *check(context) {
    const { target } = context
    if (target?.quantization.bias !== 'float') return
    for (const { node, quantizedType } of quantizationsOf(context))
      if (quantizedType === 'int32')
        yield {
          message: `${labelOf(node)} makes an int32 bias; ${target.id} wants it float.`,
          hint: `Quantize the float model for it (target: ${target.id}).`,
          ...about(node),
        }
  },
})
