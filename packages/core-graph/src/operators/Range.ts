import type { Dimension } from '../graph.ts'
import { defineOperator, typed } from '../operator.ts'
import { shapeError } from './axis.ts'
import { followedElements } from './elements.ts'

/** output = start, start + delta, … before limit (ONNX Range) */
export const Range = defineOperator({
  op: 'Range',
  inputs: ['start', 'limit', 'delta'],
  outputs: ['output'],
  infer: ({ start, limit, delta }, _, { node }) => {
    const [from = null, to = null, by = null] = [start, limit, delta].map(({ elements }) => elements?.[0])
    if (by === 0) throw shapeError(node, 'goes in steps of 0')
    const count = rangeLength(from, to, by)
    const output = typed(start.dataType, [count])
    if (typeof count !== 'number' || count > followedElements) return { output }
    return {
      output: { ...output, elements: Array.from({ length: count }, (_, index) => Number(from) + index * Number(by)) },
    }
  },
})

/** From 0 in steps of 1 there are as many numbers as the limit says, a symbol too. */
function rangeLength(from: Dimension, to: Dimension, by: Dimension): Dimension {
  if (typeof from === 'number' && typeof to === 'number' && typeof by === 'number')
    return Math.max(0, Math.ceil((to - from) / by))
  return from === 0 && by === 1 ? to : null
}
