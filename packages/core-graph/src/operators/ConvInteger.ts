import { defineOperator, typed } from '../operator.ts'
import { convolutionAttributes, convolutionMacs, convolutionShape } from './convolution.ts'

/** The convolution of x − x_zero_point with w − w_zero_point, int32 (ONNX ConvInteger) */
export const ConvInteger = defineOperator({
  op: 'ConvInteger',
  inputs: ['x', 'w', 'x_zero_point?', 'w_zero_point?'],
  outputs: ['y'],
  attributes: convolutionAttributes,
  infer: ({ x, w }, attributes, { node }) => ({
    y: typed('int32', convolutionShape(x.shape, w.shape, attributes, node)),
  }),
  macs: ({ inputs: { w = [] }, outputs: { y = [] } }) => convolutionMacs(w, y),
})
