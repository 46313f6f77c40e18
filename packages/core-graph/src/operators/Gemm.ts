import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
import { broadcastShapes } from './broadcast.ts'

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
  infer: ({ A, B, C }, { transA, transB }, { node }) => {
    const [a = [null, null], b = [null, null]] = [A.shape, B.shape]
    const [rows, inner] = transA ? a.toReversed() : a
    const [innerOfB, columns] = transB ? b.toReversed() : b
    const differ = typeof inner === 'number' && typeof innerOfB === 'number' && inner !== innerOfB
    if (a.length !== 2 || b.length !== 2 || differ)
      throw shapeError(node, `multiplies [${a}]${transA ? 'ᵀ' : ''} by [${b}]${transB ? 'ᵀ' : ''}`)
    const shape = [rows ?? null, columns ?? null]
    const added = C?.shape && broadcastShapes([shape, C.shape], node)
    if (
      added &&
      (added.length > 2 || added.some((size, axis) => shape[axis] === 1 && typeof size === 'number' && size > 1))
    )
      throw shapeError(node, `adds ${shapeText(C?.shape)} to a product of shape ${shapeText(shape)}`)
    return { Y: typed(A.dataType, shape) }
  },
  macs: ({ inputs: { A = [], B = [] } }, { transB }) => (A[0] ?? 0) * (A[1] ?? 0) * (B[transB ? 0 : 1] ?? 0),
})
