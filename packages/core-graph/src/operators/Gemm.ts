import { attribute, defineOperator, typed } from '../operator.ts'

/** Y = α·A′·B′ + β·C; A′:[M,K], B′:[K,N] → Y:[M,N]; MACs = M·N·K (ONNX Gemm) */
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
  infer: ({ A, B }, { transA, transB }) => ({
    Y: typed(A.dataType, [A.shape?.[transA ? 1 : 0] ?? null, B.shape?.[transB ? 0 : 1] ?? null]),
  }),
  macs: ({ inputs: { A = [], B = [] } }, { transB }) => (A[0] ?? 0) * (A[1] ?? 0) * (B[transB ? 0 : 1] ?? 0),
})
