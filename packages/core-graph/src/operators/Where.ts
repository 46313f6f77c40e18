import { defineOperator, typed } from '../operator.ts'
import { broadcastShapes } from './broadcast.ts'
import { combineElements } from './elements.ts'

/** output = condition ? X : Y, broadcast (ONNX Where) */
export const Where = defineOperator({
  op: 'Where',
  inputs: ['condition', 'X', 'Y'],
  outputs: ['output'],
  infer: ({ condition, X, Y }, _, { node }) => {
    const shape = broadcastShapes([condition.shape, X.shape, Y.shape], node)
    const elements = combineElements([condition, X, Y], (isTrue, x = null, y = null) =>
      x === y ? x : typeof isTrue === 'number' ? (isTrue ? x : y) : null,
    )
    return { output: { ...typed(X.dataType, shape), ...(elements ? { elements } : {}) } }
  },
})
