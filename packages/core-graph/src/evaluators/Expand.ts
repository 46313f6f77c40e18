import { defineEvaluator } from '../evaluation/evaluator.ts'
import { broadcastDims, broadcastTo } from '../evaluation/strided.ts'
import { Expand as operator } from '../operators/Expand.ts'
import { tensorNumbers } from '../tensor.ts'

/** output = input broadcast against `shape` (ONNX Expand) */
export const Expand = defineEvaluator(operator, ({ input, shape }) => {
  const dims = broadcastDims(input.dims, tensorNumbers(shape))
  return dims && broadcastTo(input, dims)
})
