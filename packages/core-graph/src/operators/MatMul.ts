import { defineOperator, typed } from '../operator.ts'
import { matrixProduct, matrixProductMacs } from './matrix-product.ts'

/** Y = A·B over the last two axes, the others broadcast; A:[*b,M,K], B:[*b,K,N]; MACs = |Y|·K (ONNX MatMul) */
export const MatMul = defineOperator({
  op: 'MatMul',
  inputs: ['A', 'B'],
  outputs: ['Y'],
  infer: ({ A, B }, _, { node }) => ({ Y: typed(A.dataType, matrixProduct(A.shape, B.shape, node)) }),
  macs: ({ inputs: { A = [] }, outputs: { Y = [] } }) => matrixProductMacs(A, Y),
})
