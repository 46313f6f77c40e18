import { defineEvaluator } from '../evaluation/evaluator.ts'
import { copyStrided, stridesOf } from '../evaluation/strided.ts'
import { Transpose as operator } from '../operators/Transpose.ts'

/** transposed = data with its axes in the order `perm`, default reversed (ONNX Transpose) */
export const Transpose = defineEvaluator(operator, ({ data }, { perm }) => {
  const order = perm ?? data.dims.map((_, axis) => axis).toReversed()
  const strides = stridesOf(data.dims)
  return copyStrided(
    data,
    order.map(axis => data.dims[axis] ?? 1),
    order.map(axis => strides[axis] ?? 1),
  )
})
