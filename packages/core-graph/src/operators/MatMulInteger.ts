import { defineOperator, typed } from '../operator.ts'
import { matrixProduct, matrixProductMacs } from './matrix-product.ts'

/** Y = (A − a_zero_point)·(B − b_zero_point), int32 (ONNX MatMulInteger) */
export const MatMulInteger = defineOperator({
  op: 'MatMulInteger',
  inputs: ['A', 'B', 'a_zero_point?', 'b_zero_point?'],
  outputs: ['Y'],
  infer: ({ A, B }, _, { node }) => ({ Y: typed('int32', matrixProduct(A.shape, B.shape, node)) }),
  macs: ({ inputs: { A = [] }, outputs: { Y = [] } }) => matrixProductMacs(A, Y),
})
