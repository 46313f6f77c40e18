import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'
import { elementsOf } from './elements.ts'

/** input broadcast to a shape (ONNX Expand) */
export const Expand = defineOperator({
  op: 'Expand',
  inputs: ['input', 'shape'],
  outputs: ['output'],
  infer: ({ input, shape }, _, { node }) => ({
    output: typed(input.dataType, broadcastShapes([input.shape, elementsOf(shape)], node)),
  }),
})
