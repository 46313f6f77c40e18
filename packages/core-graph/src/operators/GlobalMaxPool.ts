import { defineOperator, typed } from '../operator.ts'

/** Y = max over the spatial axes; X:[N,C,*s] → [N,C,1,…] (ONNX GlobalMaxPool) */
export const GlobalMaxPool = defineOperator({
  op: 'GlobalMaxPool',
  inputs: ['X'],
  outputs: ['Y'],
  infer: ({ X }) => ({
    Y: typed(
      X.dataType,
      X.shape?.map((size, axis) => (axis < 2 ? size : 1)),
    ),
  }),
})
