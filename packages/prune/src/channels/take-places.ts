import { byteLength, elementCount, type Tensor, tensorBytes } from '@pare/core-graph'

/** A tensor with only these places of an axis, which ascend. */
export function takePlaces(tensor: Tensor, axis: number, places: readonly number[]): Tensor {
  const { dataType, dims } = tensor
  const outer = elementCount(dims.slice(0, axis))
  const row = byteLength(dataType, elementCount(dims.slice(axis + 1)))
  const block = (dims[axis] ?? 0) * row
  const from = tensorBytes(tensor)
  const bytes = new Uint8Array(outer * places.length * row)
  const runs = runsOf(places)
  let end = 0
  for (let index = 0; index < outer; index++)
    for (const { start, length } of runs) {
      const first = index * block + start * row
      // Of a few bytes, a view costs more than they do.
      if (length * row > 64) bytes.set(from.subarray(first, first + length * row), end)
      else for (let byte = 0; byte < length * row; byte++) bytes[end + byte] = from[first + byte] ?? 0
      end += length * row
    }
  return { dataType, dims: dims.with(axis, places.length), storage: { kind: 'bytes', bytes } }
}

/** Places that follow one another, taken together. */
function runsOf(places: readonly number[]): readonly { readonly start: number; readonly length: number }[] {
  const runs: { start: number; length: number }[] = []
  for (const place of places) {
    const last = runs.at(-1)
    if (last && last.start + last.length === place) last.length++
    else runs.push({ start: place, length: 1 })
  }
  return runs
}
