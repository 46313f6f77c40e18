import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** C = A − B, broadcast (ONNX Sub) */
export const Sub = defineOperator({
  op: 'Sub',
  inputs: ['A', 'B'],
  outputs: ['C'],
  infer: ({ A, B }, _, { node }) => ({ C: typed(A.dataType, broadcastShapes([A.shape, B.shape], node)) }),
})
