import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'

/** output = condition ? X : Y, broadcast (ONNX Where) */
export const Where = defineOperator({
  op: 'Where',
  inputs: ['condition', 'X', 'Y'],
  outputs: ['output'],
  infer: ({ condition, X, Y }, _, { node }) => ({
    output: typed(X.dataType, broadcastShapes([condition.shape, X.shape, Y.shape], node)),
  }),
})
