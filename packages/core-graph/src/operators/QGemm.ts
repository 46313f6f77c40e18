import { attribute, defineOperator, typed } from '../operator.ts'
import { gemmMacs, gemmShape } from './matrix-product.ts'

/** Y = α·A′·B′ + C of quantized matrices; quantized again where its scale is given, else float (onnxruntime's contrib operators) */
export const QGemm = defineOperator({
  op: 'QGemm',
  domain: 'com.microsoft',
  inputs: ['A', 'a_scale', 'a_zero_point', 'B', 'b_scale', 'b_zero_point', 'C?', 'y_scale?', 'y_zero_point?'],
  outputs: ['Y'],
  attributes: { alpha: attribute.float(1), transA: attribute.int(0), transB: attribute.int(0) },
  infer: (inputs, attributes, { node }) => ({
    Y: typed(inputs.y_zero_point?.dataType ?? 'float32', gemmShape(inputs, attributes, node)),
  }),
  macs: ({ inputs: { A = [], B = [] } }, { transB }) => gemmMacs(A, B, transB),
})
