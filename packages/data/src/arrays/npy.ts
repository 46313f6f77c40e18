import { byteLength, DataError, newTypedArray, type TypedArray } from '@pare/core-graph'
import { type ByteSource, fileSource } from '../byte-source.ts'
import { type NpyHeader, readNpyHeader } from './npy-header.ts'
import type { SampleArray } from './sample-array.ts'

/** A .npy file, read row by row. @throws DataError `DATA_FILE` and what `readNpyHeader` throws */
export const openNpyFile = async (path: string): Promise<SampleArray> => openNpy(path, await fileSource(path))

/** @throws DataError what `readNpyHeader` throws; `DATA_NPY` for a file in Fortran order that is too large for memory */
export function openNpy(name: string, source: ByteSource): SampleArray {
  const header = readNpyHeader(name, source)
  const { dataType, dims, isBigEndian } = header
  const rowLength = dims.slice(1).reduce((product, dim) => product * dim, 1)
  const fill = header.isFortranOrder
    ? fortranRows(name, source, header, rowLength)
    : rowsInOrder(source, header, rowLength)
  return {
    name,
    dataType,
    dims,
    rows: indices => {
      const elements = newTypedArray(dataType, indices.length * rowLength)
      const bytes = bytesOf(elements)
      fill(bytes, indices)
      if (isBigEndian) swapBytes(bytes, elements.BYTES_PER_ELEMENT)
      return elements
    },
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray) => new Uint8Array(buffer, byteOffset, byteLength)

type FillRows = (target: Uint8Array, indices: Uint32Array) => void

/** Reads neighbouring rows at once. */
function rowsInOrder(source: ByteSource, { dataType, offset }: NpyHeader, rowLength: number): FillRows {
  const rowBytes = byteLength(dataType, rowLength)
  return (target, indices) => {
    for (let start = 0; start < indices.length; ) {
      const first = indices[start] ?? 0
      let end = start + 1
      while (end < indices.length && indices[end] === first + end - start) end++
      source.readInto(target.subarray(start * rowBytes, end * rowBytes), offset + first * rowBytes)
      start = end
    }
  }
}

/** A row's elements are spread over the whole file, so that it is kept in memory. */
const fortranLimit = 2 ** 30

function fortranRows(name: string, source: ByteSource, header: NpyHeader, rowLength: number): FillRows {
  const { dims, dataType, offset } = header
  const [count = 0, ...rowDims] = dims
  if (source.size > fortranLimit)
    throw new DataError({
      code: 'DATA_NPY',
      message: `${name} is stored column by column (Fortran order), in more than 1 GiB.`,
      hint: 'Save it row by row: np.save(path, np.ascontiguousarray(x)).',
    })
  const all = new Uint8Array(source.size - offset)
  source.readInto(all, offset)
  const size = byteLength(dataType, 1)
  const places = columnMajorPlaces(rowDims, rowLength)
  return (target, indices) => {
    let to = 0
    for (const index of indices)
      for (const place of places) {
        const from = (index + place * count) * size
        for (let byte = 0; byte < size; byte++) target[to++] = all[from + byte] ?? 0
      }
  }
}

/** For each element in row-major order, its place in column-major order. */
function columnMajorPlaces(dims: readonly number[], length: number): Uint32Array {
  const places = new Uint32Array(length)
  const strides = dims.map((_, axis) => dims.slice(0, axis).reduce((product, dim) => product * dim, 1))
  for (let index = 0; index < length; index++) {
    let rest = index
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const dim = dims[axis] ?? 1
      places[index] = (places[index] ?? 0) + (rest % dim) * (strides[axis] ?? 0)
      rest = Math.floor(rest / dim)
    }
  }
  return places
}

function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (size === 2) buffer.swap16()
  else if (size === 4) buffer.swap32()
  else if (size === 8) buffer.swap64()
}
