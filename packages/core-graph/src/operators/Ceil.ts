import { defineOperator, sameAs } from '../operator.ts'

/** Y = ⌈X⌉ (ONNX Ceil) */
export const Ceil = defineOperator({
  op: 'Ceil',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
