import { defineOperator, typed } from '../operator.ts'

/** Indices of the elements that are not zero, [rank, how many] (ONNX NonZero) */
export const NonZero = defineOperator({
  op: 'NonZero',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({ Y: typed('int64', [X.shape?.length ?? null, null]) }),
})
