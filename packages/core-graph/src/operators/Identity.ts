import { defineOperator } from '../operator.ts'

/** Y = X, its value included (ONNX Identity) */
export const Identity = defineOperator({
  op: 'Identity',
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ input }) => ({ output: input }),
})
