import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** C = A > B, broadcast (ONNX Greater) */
export const Greater = defineOperator({
  op: 'Greater',
  inputs: ['A', 'B'],
  outputs: ['C'],
  infer: ({ A, B }, _, { node }) => ({ C: typed('bool', broadcastShapes([A.shape, B.shape], node)) }),
})
