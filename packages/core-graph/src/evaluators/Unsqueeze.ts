import { defineEvaluator } from '../evaluation/evaluator.ts'
import { withDims } from '../evaluation/strided.ts'
import { Unsqueeze as operator } from '../operators/Unsqueeze.ts'
import { tensorNumbers } from '../tensor.ts'

/** expanded = data with axes of size 1 at `axes`, counted in the result (ONNX Unsqueeze) */
export const Unsqueeze = defineEvaluator(operator, ({ data, axes }) => {
  const wished = tensorNumbers(axes)
  const rank = data.dims.length + wished.length
  const places = new Set(wished.map(axis => (axis < 0 ? axis + rank : axis)))
  const sizes = data.dims.values()
  return withDims(
    data,
    Array.from({ length: rank }, (_, axis) => (places.has(axis) ? 1 : (sizes.next().value ?? 1))),
  )
})
