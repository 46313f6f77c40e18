import { defineEvaluator } from '../evaluation/evaluator.ts'
import { withDims } from '../evaluation/strided.ts'
import { Reshape as operator } from '../operators/Reshape.ts'
import { elementCount, tensorNumbers } from '../tensor.ts'

/** reshaped = data under `shape`: 0 copies a size, −1 takes what is left (ONNX Reshape) */
export const Reshape = defineEvaluator(operator, ({ data, shape }, { allowzero }) => {
  const wished = tensorNumbers(shape).map((size, axis) => (size === 0 && !allowzero ? (data.dims[axis] ?? 0) : size))
  const known = wished.filter(size => size !== -1).reduce((product, size) => product * size, 1)
  const dims = wished.map(size => (size === -1 ? elementCount(data.dims) / known : size))
  return elementCount(dims) === elementCount(data.dims) ? withDims(data, dims) : undefined
})
