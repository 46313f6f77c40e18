import { about, labelOf, quantizationsOf } from '../validation/quantization.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** Biases in a type that the target does not take are told by the rule target-bias. */
export const targetQuantizedTypes = defineValidationRule({
  id: 'target-quantized-types',
  severity: 'error',
  demands: 'Values are quantized to types that the target takes.',
  *check(context) {
    const { target } = context
    if (!target) return
    for (const { node, quantizedType: type } of quantizationsOf(context)) {
      if (!type || target.quantizedTypes.includes(type)) continue
      if (type === 'int32' && target.quantization.bias === 'float') continue
      yield {
        message: `${labelOf(node)} is of type ${type}, which ${target.id} does not take.`,
        hint: `It takes ${target.quantizedTypes.join(', ')}: quantize the float model for it (target: ${target.id}).`,
        ...about(node),
      }
    }
  },
})
