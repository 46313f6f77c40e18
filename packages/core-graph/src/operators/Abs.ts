import { defineOperator, sameAs } from '../operator.ts'

/** Y = |X| (ONNX Abs) */
export const Abs = defineOperator({
  op: 'Abs',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
