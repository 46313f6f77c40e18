import { attribute, defineOperator, typed } from '../operator.ts'

/** output:[*input] = value, default 0 of float32 (ONNX ConstantOfShape) */
export const ConstantOfShape = defineOperator({
  op: 'ConstantOfShape',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { value: attribute.optional.tensor() },
  infer: ({ input }, { value }) => ({ output: typed(value?.dataType ?? 'float32', input.elements) }),
})
