import { defineValidationRule } from '../validation/rule.ts'

/** Types of values, followed from input to output in the model's own operator set (ONNX, "Operator Schemas"). */
export const elementTypes = defineValidationRule({
  id: 'element-types',
  severity: 'error',
  demands: 'Inputs of nodes are of an element type that the operator takes, and of the same one where it says so.',
  check: ({ elementTypes }) => elementTypes().problems,
})
