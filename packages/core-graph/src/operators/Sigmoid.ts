import { defineOperator, sameAs } from '../operator.ts'

/** Y = 1 / (1 + e⁻ˣ) (ONNX Sigmoid) */
export const Sigmoid = defineOperator({
  op: 'Sigmoid',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
