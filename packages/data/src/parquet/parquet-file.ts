import { type ColumnMetaData, type FileMetaData, parquetMetadata, parquetSchema, type RowGroup } from 'hyparquet'
import { type ByteSource, fileSource } from '../byte-source.ts'
import { checkThrift } from './check-thrift.ts'
import { type ColumnChunk, readColumnChunk } from './column-chunk.ts'
import { parquetError } from './error.ts'
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
      throw parquetError(path, cause instanceof Error ? cause.message : String(cause), undefined, cause)
    }
  }
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
    throw parquetError(
      path,
      `its footer is broken (${cause instanceof Error ? cause.message : cause})`,
      undefined,
      cause,
    )
  }
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
