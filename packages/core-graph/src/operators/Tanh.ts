import { defineOperator, sameAs } from '../operator.ts'

/** Y = tanh X (ONNX Tanh) */
export const Tanh = defineOperator({
  op: 'Tanh',
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ input }) => ({ output: sameAs(input) }),
})
