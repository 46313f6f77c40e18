import { type ColumnMetaData, type FileMetaData, parquetMetadata, parquetSchema, type RowGroup } from 'hyparquet'
import { type ByteSource, fileSource } from '../byte-source.ts'
import { checkThrift } from './check-thrift.ts'
import { type ColumnChunk, readColumnChunk } from './column-chunk.ts'
import { parquetError, problemOf } from './error.ts'
import { type Leaf, leafOf } from './leaf.ts'

/** A row group and where its rows start in its file. */
export interface Group {
  readonly rows: number
  readonly read: (column: string) => ColumnChunk
}

export interface ParquetFile {
  readonly path: string
  readonly groups: readonly Group[]
  /** Undefined for what is no column of numbers, bytes or text. */
  readonly columns: ReadonlyMap<string, Leaf | undefined>
  readonly keyValues: ReadonlyMap<string, string>
}

/** Runs of equal values take next to nothing: a small file may have some rows more than its bytes. */
const valuesOfBytes = (bytes: number) => 2 ** 20 + 4096 * bytes

const magic = 'PAR1'

/**
 * Opens a Parquet file: its footer is read now, a column of a row group when it is asked for.
 * @throws DataError `DATA_FILE`, `DATA_PARQUET`
 */
export async function openParquetFile(path: string): Promise<ParquetFile> {
  const source = await fileSource(path)
  const metadata = footerOf(path, source)
  const guard = <Result>(read: () => Result): Result => {
    try {
      return read()
    } catch (cause) {
      throw parquetError(path, problemOf(cause), undefined, cause)
    }
  }
  guard(() => checkSchema(metadata.schema))
  const columns = guard(
    () => new Map(parquetSchema(metadata).children.map(column => [column.element.name, leafOf(column)] as const)),
  )
  const rows = Number(metadata.num_rows)
  if (!(rows >= 0) || rows > valuesOfBytes(source.size))
    throw parquetError(path, `it declares ${rows} rows in ${source.size} bytes`)
  const groups = metadata.row_groups.map(group => ({
    rows: Number(group.num_rows),
    read: (column: string) => {
      const leaf = columns.get(column)
      if (!leaf) throw new Error(`${column} is no column that can be read.`)
      return guard(() => chunkOf(source, group, leaf))
    },
  }))
  if (groups.reduce((sum, group) => sum + group.rows, 0) !== rows || groups.some(group => !(group.rows >= 0)))
    throw parquetError(path, `its row groups do not have the ${rows} rows that it declares`)
  const keyValues = guard(
    () => new Map((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ''] as const)),
  )
  return { path, groups: groups.filter(group => group.rows > 0), columns, keyValues }
}

function footerOf(path: string, source: ByteSource): FileMetaData {
  const read = (length: number) => {
    const bytes = new Uint8Array(length)
    source.readInto(bytes, source.size - length)
    return bytes
  }
  const end = source.size < 12 ? undefined : Buffer.from(read(8))
  if (end?.toString('latin1', 4) !== magic)
    throw parquetError(path, `it does not end with ${magic}, as a Parquet file does`)
  const length = end.readUInt32LE(0)
  if (length > source.size - 12) throw parquetError(path, 'it is shorter than its footer')
  const footer = read(length + 8)
  try {
    checkThrift(footer, 0)
    return parquetMetadata(footer, { geoparquet: false })
  } catch (cause) {
    throw parquetError(path, `its footer is broken (${problemOf(cause)})`, undefined, cause)
  }
}

/** Levels of a schema: each list is two, and each struct one. */
const depthLimit = 64

/** The schema is a tree, written depth first: its elements must be as many as they say, and not nested without end. */
function checkSchema(schema: FileMetaData['schema']): void {
  const open: number[] = []
  for (const [index, { num_children: children = 0 }] of schema.entries()) {
    if (index > 0 && open.length === 0) throw new RangeError('its schema has more elements than its root says')
    if (index > 0) open.push((open.pop() ?? 0) - 1)
    if (children > 0) open.push(children)
    if (open.length > depthLimit) throw new RangeError('its schema is nested too deep')
    while (open.at(-1) === 0) open.pop()
  }
  if (open.length > 0 || schema.length === 0) throw new RangeError('its schema has fewer elements than it says')
}

function chunkOf(source: ByteSource, group: RowGroup, leaf: Leaf): ColumnChunk {
  const chunk = group.columns.find(({ meta_data }) => meta_data?.path_in_schema.join('.') === leaf.path)
  if (chunk?.file_path || !chunk?.meta_data) throw new RangeError(`the column ${leaf.path} is not in the file`)
  const { start, size } = rangeOf(chunk.meta_data)
  if (!(start >= 4) || !(size >= 0) || start + size > source.size)
    throw new RangeError(`the column ${leaf.path} lies beyond the end of the file`)
  const bytes = new Uint8Array(size)
  source.readInto(bytes, start)
  const read = readColumnChunk(bytes, chunk.meta_data, leaf, valuesOfBytes(size))
  const rows = read.repetition ? read.repetition.reduce((sum, level) => sum + (level === 0 ? 1 : 0), 0) : undefined
  const expected = Number(group.num_rows)
  const found = rows ?? (read.missing < 0 ? read.values.length : expected)
  if (found !== expected) throw new RangeError(`the column ${leaf.path} has ${found} rows of ${expected}`)
  return read
}

function rangeOf({ dictionary_page_offset, data_page_offset, total_compressed_size }: ColumnMetaData) {
  // Some writers give 0 where there is no dictionary.
  const offsets = [dictionary_page_offset, data_page_offset].map(Number).filter(offset => offset > 0)
  return { start: Math.min(...offsets), size: Number(total_compressed_size) }
}
