import { attribute, defineOperator, typed } from '../operator.ts'

/** Y:[*s] = (X − offset)·scale in float32, X any numbers (ONNX ai.onnx.ml Scaler) */
export const Scaler = defineOperator({
  op: 'Scaler',
  domain: 'ai.onnx.ml',
  inputs: ['X'],
  outputs: ['Y'],
  attributes: { offset: attribute.optional.floats(), scale: attribute.optional.floats() },
  infer: ({ X }) => ({ Y: typed('float32', X.shape) }),
})
