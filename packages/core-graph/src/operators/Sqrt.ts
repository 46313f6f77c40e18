import { defineOperator, sameAs } from '../operator.ts'

/** Y = √X (ONNX Sqrt) */
export const Sqrt = defineOperator({
  op: 'Sqrt',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
