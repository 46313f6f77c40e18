import { defineEvaluator } from '../evaluation/evaluator.ts'
import { Gather as operator } from '../operators/Gather.ts'
import { elementCount, newTypedArray, tensorElements, tensorNumbers, tensorOf } from '../tensor.ts'

/** output = data at `indices` along `axis`; negative indices count from the end (ONNX Gather) */
export const Gather = defineEvaluator(operator, ({ data, indices }, { axis }) => {
  const place = axis < 0 ? axis + data.dims.length : axis
  const size = data.dims[place] ?? 0
  const rows = tensorNumbers(indices).map(index => (index < 0 ? index + size : index))
  if (rows.some(row => row < 0 || row >= size)) return undefined
  const dims = [...data.dims.slice(0, place), ...indices.dims, ...data.dims.slice(place + 1)]
  const width = elementCount(data.dims.slice(place + 1))
  const from = tensorElements(data)
  const result = newTypedArray(data.dataType, elementCount(dims))
  let position = 0
  for (let block = 0; block < elementCount(data.dims.slice(0, place)); block++)
    for (const row of rows) {
      const start = (block * size + row) * width
      result.set(from.subarray(start, start + width) as never, position)
      position += width
    }
  return tensorOf(data.dataType, dims, result)
})
