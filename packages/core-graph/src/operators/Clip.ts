import { defineOperator, sameAs } from '../operator.ts'

/** Y = min(max(X, min), max): [*s] → [*s] (ONNX Clip) */
export const Clip = defineOperator({
  op: 'Clip',
  inputs: ['input', 'min?', 'max?'],
  outputs: ['output'],
  infer: ({ input }) => ({ output: sameAs(input) }),
})
