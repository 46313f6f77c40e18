import { attribute, defineOperator, typed } from '../operator.ts'
import { gemmMacs, gemmShape } from './matrix-product.ts'

/** Y = α·A′·B′ + β·C; A′:[M,K], B′:[K,N], C broadcast to [M,N] → Y:[M,N]; MACs = M·N·K (ONNX Gemm) */
export const Gemm = defineOperator({
  op: 'Gemm',
  inputs: ['A', 'B', 'C?'],
  outputs: ['Y'],
  attributes: {
    alpha: attribute.float(1),
    beta: attribute.float(1),
    transA: attribute.int(0),
    transB: attribute.int(0),
  },
  infer: (inputs, attributes, { node }) => ({ Y: typed(inputs.A.dataType, gemmShape(inputs, attributes, node)) }),
  macs: ({ inputs: { A = [], B = [] } }, { transB }) => gemmMacs(A, B, transB),
})
