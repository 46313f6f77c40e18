import { defineEvaluator } from '../evaluation/evaluator.ts'
import { withDims } from '../evaluation/strided.ts'
import { Flatten as operator } from '../operators/Flatten.ts'
import { elementCount } from '../tensor.ts'

/** input:[*a,*b] → output:[Πa,Πb], split at `axis` (ONNX Flatten) */
export const Flatten = defineEvaluator(operator, ({ input }, { axis }) => {
  const { dims } = input
  const place = axis < 0 ? axis + dims.length : axis
  return withDims(input, [elementCount(dims.slice(0, place)), elementCount(dims.slice(place))])
})
