import { defineOperator, sameAs } from '../operator.ts'

/** Y = max(X, 0): [*s] → [*s] (ONNX Relu) */
export const Relu = defineOperator({
  op: 'Relu',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
