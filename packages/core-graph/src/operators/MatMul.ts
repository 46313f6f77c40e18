import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** Y = A·B over the last two axes, the others broadcast; A:[*b,M,K], B:[*b,K,N]; MACs = |Y|·K (ONNX MatMul, as numpy.matmul) */
export const MatMul = defineOperator({
  op: 'MatMul',
  inputs: ['A', 'B'],
  outputs: ['Y'],
  infer: ({ A, B }, _, { node }) => {
    if (!A.shape || !B.shape) return { Y: typed(A.dataType, undefined) }
    const batch = broadcastShapes([A.shape.slice(0, -2), B.shape.slice(0, -2)], node) ?? []
    const rows = A.shape.length > 1 ? [A.shape.at(-2) ?? null] : []
    const columns = B.shape.length > 1 ? [B.shape.at(-1) ?? null] : []
    return { Y: typed(A.dataType, [...batch, ...rows, ...columns]) }
  },
  macs: ({ inputs: { A = [] }, outputs: { Y = [] } }) => Y.reduce((product, size) => product * size, A.at(-1) ?? 0),
})
