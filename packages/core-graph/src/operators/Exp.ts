import { defineOperator, sameAs } from '../operator.ts'

/** Y = eˣ (ONNX Exp) */
export const Exp = defineOperator({
  op: 'Exp',
  inputs: ['input'],
  outputs: ['output'],
  infer: ({ input }) => ({ output: sameAs(input) }),
})
