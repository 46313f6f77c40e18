import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** C = A / B, broadcast (ONNX Div) */
export const Div = defineOperator({
  op: 'Div',
  inputs: ['A', 'B'],
  outputs: ['C'],
  infer: ({ A, B }, _, { node }) => ({ C: typed(A.dataType, broadcastShapes([A.shape, B.shape], node)) }),
})
