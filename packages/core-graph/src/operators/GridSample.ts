import { attribute, defineOperator, typed } from '../operator.ts'

/** Y:[N, C, *o] = X:[N, C, *s] at the positions grid:[N, *o, r], r spatial axes (ONNX GridSample) */
export const GridSample = defineOperator({
  op: 'GridSample',
  inputs: ['X', 'grid'],
  outputs: ['Y'],
  attributes: {
    align_corners: attribute.int(0),
    mode: attribute.string('linear'),
    padding_mode: attribute.string('zeros'),
  },
  infer: ({ X, grid }) => ({
    Y: typed(X.dataType, X.shape && grid.shape && [...X.shape.slice(0, 2), ...grid.shape.slice(1, -1)]),
  }),
})
