import { defineOperator, typed } from '../operator.ts'
import { matrixProduct, matrixProductMacs } from './matrix-product.ts'

/** y = a·b of quantized tensors, quantized again (ONNX QLinearMatMul) */
export const QLinearMatMul = defineOperator({
  op: 'QLinearMatMul',
  inputs: ['a', 'a_scale', 'a_zero_point', 'b', 'b_scale', 'b_zero_point', 'y_scale', 'y_zero_point'],
  outputs: ['y'],
  infer: ({ a, b, y_zero_point: zeroPoint }, _, { node }) => ({
    y: typed(zeroPoint.dataType, matrixProduct(a.shape, b.shape, node)),
  }),
  macs: ({ inputs: { a = [] }, outputs: { y = [] } }) => matrixProductMacs(a, y),
})
