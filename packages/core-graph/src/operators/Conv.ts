import { defineOperator, typed } from '../operator.ts'
import { convolutionAttributes, convolutionMacs, convolutionShape } from './convolution.ts'

/** X:[N,C,*s], W:[O,C/group,*k], B:[O] → Y:[N,O,*s′]; MACs = |Y|·C/group·Πk (ONNX Conv) */
export const Conv = defineOperator({
  op: 'Conv',
  inputs: ['X', 'W', 'B?'],
  outputs: ['Y'],
  attributes: convolutionAttributes,
  infer: ({ X, W }, attributes, { node }) => ({
    Y: typed(X.dataType, convolutionShape(X.shape, W.shape, attributes, node)),
  }),
  macs: ({ inputs: { W = [] }, outputs: { Y = [] } }) => convolutionMacs(W, Y),
})
