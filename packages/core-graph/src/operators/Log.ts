import { defineOperator, sameAs } from '../operator.ts'

/** Y = ln X (ONNX Log) */
export const Log = defineOperator({
  op: 'Log',
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ input }) => ({ output: sameAs(input) }),
})
