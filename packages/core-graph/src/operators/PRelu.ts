import { defineOperator, sameAs } from '../operator.ts'

/** Y = X where X ≥ 0, slope·X elsewhere; slope is broadcast to X (ONNX PRelu) */
export const PRelu = defineOperator({
  op: 'PRelu',
  inputs: ['X', 'slope'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: sameAs(X) }),
})
