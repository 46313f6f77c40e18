import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Concat as operator } from '../operators/Concat.ts'
import { elementCount, newTypedArray, tensorElements, tensorOf } from '../tensor.ts'

/** concat_result = inputs one after the other along `axis` (ONNX Concat) */
export const Concat = defineEvaluator(operator, ({ inputs }, { axis }) => {
  const [first] = inputs
  if (!first) return undefined
  const place = axis < 0 ? axis + first.dims.length : axis
  const dims = first.dims.with(
    place,
    inputs.reduce((sum, input) => sum + (input.dims[place] ?? 0), 0),
  )
  const result = newTypedArray(first.dataType, elementCount(dims))
  const outer = elementCount(first.dims.slice(0, place))
  const parts = inputs.map(tensorElements)
  let position = 0
  for (let row = 0; row < outer; row++)
    for (const part of parts) {
      const width = part.length / outer
      result.set(part.subarray(row * width, (row + 1) * width) as never, position)
      position += width
    }
  return tensorOf(first.dataType, dims, result)
})
