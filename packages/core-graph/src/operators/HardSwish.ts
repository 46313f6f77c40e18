import { defineOperator, sameAs } from '../operator.ts'

/** Y = X·max(0, min(1, X/6 + 1/2)) (ONNX HardSwish) */
export const HardSwish = defineOperator({
  op: 'HardSwish',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
