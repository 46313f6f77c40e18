import { defineOperator, sameAs } from '../operator.ts'

/** Y = −X (ONNX Neg) */
export const Neg = defineOperator({
  op: 'Neg',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
