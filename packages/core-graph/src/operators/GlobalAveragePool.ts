import { defineOperator, typed } from '../operator.ts'

/** Y = mean over the spatial axes; X:[N,C,*s] → [N,C,1,…] (ONNX GlobalAveragePool) */
export const GlobalAveragePool = defineOperator({
  op: 'GlobalAveragePool',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({
    Y: typed(
      X.dataType,
      X.shape?.map((size, axis) => (axis < 2 ? size : 1)),
    ),
  }),
})
