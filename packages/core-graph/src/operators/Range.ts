import { defineOperator, typed } from '../operator.ts'

/** output = start, start + delta, … before limit (ONNX Range) */
export const Range = defineOperator({
  op: 'Range',
  inputs: ['start', 'limit', 'delta'],
  outputs: ['output'],
  infer: ({ start, limit, delta }) => {
    const [from, to, by] = [start, limit, delta].map(({ elements }) => elements?.[0])
    const isKnown = typeof from === 'number' && typeof to === 'number' && typeof by === 'number'
    return { output: typed(start.dataType, [isKnown ? Math.max(0, Math.ceil((to - from) / by)) : null]) }
  },
})
