import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError } from './axis.ts'

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
  infer: ({ A, B }, { transA, transB }, { node }) => {
    const [a = [null, null], b = [null, null]] = [A.shape, B.shape]
    const [rows, inner] = transA ? a.toReversed() : a
    const [innerOfB, columns] = transB ? b.toReversed() : b
    const differ = typeof inner === 'number' && typeof innerOfB === 'number' && inner !== innerOfB
    if (a.length !== 2 || b.length !== 2 || differ)
      throw shapeError(node, `multiplies [${a}]${transA ? 'ᵀ' : ''} by [${b}]${transB ? 'ᵀ' : ''}`)
    return { Y: typed(A.dataType, [rows ?? null, columns ?? null]) }
  },
  macs: ({ inputs: { A = [], B = [] } }, { transB }) => (A[0] ?? 0) * (A[1] ?? 0) * (B[transB ? 0 : 1] ?? 0),
})
