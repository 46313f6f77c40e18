import { defineOperator, typed } from '../operator.ts'

/** Y = X is no number: [*s] → bool [*s] (ONNX IsNaN) */
export const IsNaN = defineOperator({
  op: 'IsNaN',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: typed('bool', X.shape) }),
})
