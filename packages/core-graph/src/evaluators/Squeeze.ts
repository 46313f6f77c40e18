import { defineEvaluator } from '../evaluation/evaluator.ts'
import { withDims } from '../evaluation/strided.ts'
import { Squeeze as operator } from '../operators/Squeeze.ts'
import { tensorNumbers } from '../tensor.ts'

/** squeezed = data without the axes of size 1 in `axes`, default all (ONNX Squeeze) */
export const Squeeze = defineEvaluator(operator, ({ data, axes }) => {
  const rank = data.dims.length
  const places = axes && tensorNumbers(axes).map(axis => (axis < 0 ? axis + rank : axis))
  return withDims(
    data,
    data.dims.filter((size, axis) => size !== 1 || (places !== undefined && !places.includes(axis))),
  )
})
