import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** input broadcast to a shape (ONNX Expand) */
export const Expand = defineOperator({
  op: 'Expand',
  inputs: ['input', 'shape'],
  outputs: ['output'],
  infer: ({ input, shape }, _, { node }) => ({
    output: typed(input.dataType, shape.elements ? broadcastShapes([input.shape, shape.elements], node) : undefined),
  }),
})
