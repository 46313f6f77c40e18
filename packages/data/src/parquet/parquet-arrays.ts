import { DataError, elementCount, newTypedArray } from '@pare/core-graph'
import type { ArrayTable, SampleArray } from '../arrays/sample-array.ts'
import { parquetError } from './error.ts'
import type { Column, ParquetTable, Place } from './parquet-table.ts'

/** The columns of Parquet files as arrays: numbers as `[N]`, lists of the same length as `[N, length]`, and so on. */
export const parquetArrays = (table: ParquetTable): ArrayTable => ({
  path: table.path,
  names: [...table.columns].filter(([, leaf]) => leaf?.type && leaf.type !== 'bytes').map(([name]) => name),
  noun: 'column',
  open: async name => arrayOf(table.column(name), table.rows),
})

function arrayOf(column: Column, rows: number): SampleArray {
  const { name, leaf } = column
  const { type } = leaf
  if (type === undefined || type === 'bytes')
    throw new DataError({
      code: 'DATA_COLUMN',
      message: `The column ${name} holds ${leaf.typeName}, which is no number.`,
      hint: 'A model takes numbers: tokenize text first, and read images by kind: parquet.',
    })
  const rowDims = rowDimsOf(column)
  const length = elementCount(rowDims)
  const checked = new WeakSet<Place['chunk']>()
  return {
    name,
    dataType: type,
    dims: [rows, ...rowDims],
    rows: indices => {
      const elements = newTypedArray(type, indices.length * length)
      for (const [position, index] of indices.entries()) {
        const { chunk, row } = column.at(index)
        if (!checked.has(chunk)) {
          checkChunk(name, chunk, rowDims, index - row)
          checked.add(chunk)
        }
        if (!ArrayBuffer.isView(chunk.values)) throw new TypeError(`${name} holds no numbers.`)
        elements.set(chunk.values.subarray(row * length, (row + 1) * length) as never, position * length)
      }
      return elements
    },
  }
}

/** The shape of the first row: how many values, or lists, each level of lists has. */
function rowDimsOf({ name, leaf, at }: Column): number[] {
  const { chunk } = at(0)
  const { repetition } = chunk
  if (chunk.missing === 0) throw missing(name, 0)
  if (!repetition) return []
  const end = repetition.indexOf(0, 1)
  const first = repetition.subarray(0, end < 0 ? repetition.length : end)
  let lists = 1
  return Array.from({ length: leaf.maxRepetition }, (_, depth) => {
    // What begins at a level up to this one is an item of it.
    const items = first.reduce((sum, level) => sum + (level <= depth + 1 ? 1 : 0), 0)
    const dim = items / lists
    lists = items
    if (!Number.isInteger(dim)) throw ragged(name, 0)
    return dim
  })
}

/** Every row must have the shape of the first, and nothing may be missing. */
function checkChunk(
  name: string,
  { repetition, missing: gap }: Place['chunk'],
  rowDims: readonly number[],
  firstRow: number,
) {
  const rowAt = (place: number) =>
    firstRow + (repetition ? repetition.subarray(0, place + 1).filter(level => level === 0).length - 1 : place)
  if (gap >= 0) throw missing(name, rowAt(gap))
  if (!repetition) return
  const depth = rowDims.length
  const sizes = rowDims.map((_, axis) => elementCount(rowDims.slice(axis)))
  for (const [place, level] of repetition.entries()) {
    const boundary = sizes.findIndex(size => place % size === 0)
    if (level !== (boundary < 0 ? depth : boundary)) throw ragged(name, rowAt(place))
  }
  if (repetition.length % (sizes[0] ?? 1) !== 0) throw ragged(name, rowAt(repetition.length - 1))
}

const missing = (name: string, row: number) =>
  parquetError(name, `row ${row} has no value`, 'Fill what is missing, or leave these rows out.')

const ragged = (name: string, row: number) =>
  parquetError(name, `the list of row ${row} has another length than those before`, 'Pad all lists to one length.')
