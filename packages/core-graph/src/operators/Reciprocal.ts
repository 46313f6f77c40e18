import { defineOperator, sameAs } from '../operator.ts'

/** Y = 1 / X (ONNX Reciprocal) */
export const Reciprocal = defineOperator({
  op: 'Reciprocal',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
