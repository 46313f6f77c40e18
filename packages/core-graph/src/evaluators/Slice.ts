import { defineEvaluator } from '../evaluation/evaluator.ts'
import { copyStrided, stridesOf } from '../evaluation/strided.ts'
import { Slice as operator } from '../operators/Slice.ts'
import { tensorNumbers } from '../tensor.ts'

/** output = data[start:end:step] along each of `axes`; negative ends count from the end, all are clamped (ONNX Slice) */
export const Slice = defineEvaluator(operator, ({ data, starts, ends, axes, steps }) => {
  const rank = data.dims.length
  const from = tensorNumbers(starts)
  const to = tensorNumbers(ends)
  const places = axes ? tensorNumbers(axes) : from.map((_, axis) => axis)
  const step = steps ? tensorNumbers(steps) : from.map(() => 1)
  const dims = [...data.dims]
  const strides = stridesOf(data.dims)
  if (step.includes(0)) return undefined
  let offset = 0
  for (const [index, place] of places.entries()) {
    const axis = place < 0 ? place + rank : place
    const size = data.dims[axis] ?? 0
    const by = step[index] ?? 1
    const start = clampToAxis(from[index] ?? 0, size, by)
    const end = clampToAxis(to[index] ?? 0, size, by, true)
    dims[axis] = Math.max(0, Math.ceil((end - start) / by))
    offset += start * (strides[axis] ?? 1)
    strides[axis] = by * (strides[axis] ?? 1)
  }
  return copyStrided(data, dims, strides, offset)
})

/** Backwards, a slice may start at the last element and end before the first. */
function clampToAxis(position: number, size: number, step: number, isEnd = false): number {
  const counted = position < 0 ? position + size : position
  if (step > 0) return Math.min(Math.max(counted, 0), size)
  return Math.min(Math.max(counted, isEnd ? -1 : 0), size - 1)
}
