import { isInteger } from '../data-type.ts'
import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Range as operator } from '../operators/Range.ts'
import { tensorNumbers, tensorOf } from '../tensor.ts'

/** output = start, start + delta, … before limit (ONNX Range); floats, whose sums round, are left to the runtime */
export const Range = defineEvaluator(operator, ({ start, limit, delta }) => {
  if (!isInteger(start.dataType)) return undefined
  const [from = 0] = tensorNumbers(start)
  const [to = 0] = tensorNumbers(limit)
  const [by = 1] = tensorNumbers(delta)
  if (by === 0 || ![from, to, by].every(Number.isSafeInteger)) return undefined
  const count = Math.max(0, Math.ceil((to - from) / by))
  return tensorOf(
    start.dataType,
    [count],
    Array.from({ length: count }, (_, index) => from + index * by),
  )
})
