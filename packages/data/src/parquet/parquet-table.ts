import { DataError } from '@pare/core-graph'
import { recent } from '../recent.ts'
import type { ColumnChunk } from './column-chunk.ts'
import { parquetError } from './error.ts'
import type { Leaf } from './leaf.ts'
import { openParquetFile, type ParquetFile } from './parquet-file.ts'
import { parquetPaths } from './parquet-paths.ts'

/** A column's part that holds a row. */
export interface Place {
  readonly chunk: ColumnChunk
  /** Of the row in it. */
  readonly row: number
}

export interface Column {
  /** How errors speak of it. */
  readonly name: string
  readonly leaf: Leaf
  readonly at: (row: number) => Place
}

/** The rows of one or several Parquet files with the same columns. */
export interface ParquetTable {
  readonly path: string
  readonly rows: number
  readonly columns: ReadonlyMap<string, Leaf | undefined>
  readonly keyValues: ReadonlyMap<string, string>
  /** @throws DataError `DATA_COLUMN` */
  readonly column: (name: string) => Column
}

/** What decoded row groups of a column may take before the oldest are forgotten, in bytes. */
const budget = 2 ** 28

/**
 * @param path a file, a folder, or a pattern
 * @throws DataError `DATA_FILE`, `DATA_EMPTY`, `DATA_SPLITS`, `DATA_PARQUET`
 */
export async function openParquet(path: string): Promise<ParquetTable> {
  const files: ParquetFile[] = []
  for (const file of await parquetPaths(path)) files.push(await openParquetFile(file))
  const [first] = files
  const groups = files.flatMap(file => file.groups.map(group => ({ file, group })))
  const starts: number[] = []
  let rows = 0
  for (const { group } of groups) {
    starts.push(rows)
    rows += group.rows
  }
  if (!first || rows === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: `${path} has no rows.`,
      hint: 'Give files with samples in them.',
    })
  const { columns, keyValues } = first
  const column = (name: string): Column => {
    const leaf = leafNamed(name, path, columns)
    for (const file of files)
      if (file.columns.get(name)?.typeName !== leaf.typeName)
        throw parquetError(
          file.path,
          `its column ${name} is ${file.columns.get(name)?.typeName ?? 'not there'}, but ${leaf.typeName} in ${first.path}`,
          'All files must have the same columns.',
        )
    const chunkAt = recent<number, ColumnChunk>(budget, bytesOf)
    const at = (row: number): Place => {
      const index = lastAtMost(starts, row)
      const chunk = chunkAt(index, () => {
        const found = groups[index]
        if (!found) throw new RangeError(`There is no row ${row}.`)
        return found.group.read(name)
      })
      return { chunk, row: row - (starts[index] ?? 0) }
    }
    return { name: `${name} of ${path}`, leaf, at }
  }
  return { path, rows, columns, keyValues, column }
}

function leafNamed(name: string, path: string, columns: ParquetTable['columns']): Leaf {
  const leaf = columns.get(name)
  if (leaf) return leaf
  throw new DataError({
    code: 'DATA_COLUMN',
    message: `${path} has ${columns.has(name) ? `a column ${name}, but it is a map or a struct` : `no column ${name}`}.`,
    hint: `Its columns are ${[...columns.keys()].join(', ')}.`,
  })
}

const bytesOf = ({ values, repetition }: ColumnChunk) =>
  (repetition?.byteLength ?? 0) +
  (ArrayBuffer.isView(values) ? values.byteLength : values.reduce((sum, value) => sum + value.byteLength + 64, 0))

/** The last place whose number is not above `value`, of numbers that ascend. */
function lastAtMost(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) <= value) low = middle
    else high = middle
  }
  return low
}
