import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** C = A = B, broadcast (ONNX Equal) */
export const Equal = defineOperator({
  op: 'Equal',
  inputs: ['A', 'B'],
  outputs: ['C'],
  infer: ({ A, B }, _, { node }) => ({ C: typed('bool', broadcastShapes([A.shape, B.shape], node)) }),
})
