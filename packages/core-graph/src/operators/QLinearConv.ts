import { defineOperator, typed } from '../operator.ts'
import { convolutionAttributes, convolutionMacs, convolutionShape } from './convolution.ts'

/** The convolution of quantized tensors, quantized again (ONNX QLinearConv) */
export const QLinearConv = defineOperator({
  op: 'QLinearConv',
  inputs: ['x', 'x_scale', 'x_zero_point', 'w', 'w_scale', 'w_zero_point', 'y_scale', 'y_zero_point', 'B?'],
  outputs: ['y'],
  attributes: convolutionAttributes,
  infer: ({ x, w, y_zero_point: zeroPoint }, attributes, { node }) => ({
    y: typed(zeroPoint.dataType, convolutionShape(x.shape, w.shape, attributes, node)),
  }),
  macs: ({ inputs: { w = [] }, outputs: { y = [] } }) => convolutionMacs(w, y),
})
