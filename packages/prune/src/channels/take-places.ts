import { byteLength, elementCount, type Tensor, tensorBytes } from '@pare/core-graph'

/** A tensor with only these places of an axis, in their order. */
export function takePlaces(tensor: Tensor, axis: number, places: readonly number[]): Tensor {
  const { dataType, dims } = tensor
  const outer = elementCount(dims.slice(0, axis))
  const row = byteLength(dataType, elementCount(dims.slice(axis + 1)))
  const from = tensorBytes(tensor)
  const size = dims[axis] ?? 0
  const bytes = new Uint8Array(outer * places.length * row)
  let end = 0
  for (let index = 0; index < outer; index++)
    for (const place of places) {
      const start = (index * size + place) * row
      bytes.set(from.subarray(start, start + row), end)
      end += row
    }
  return bytesTensor(tensor, dims.with(axis, places.length), bytes)
}

/** A tensor of the same type with other elements. */
const bytesTensor = ({ dataType }: Tensor, dims: readonly number[], bytes: Uint8Array): Tensor => ({
  dataType,
  dims,
  storage: { kind: 'bytes', bytes },
})
