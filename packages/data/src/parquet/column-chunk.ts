import { newTypedArray, type TypedArray } from '@pare/core-graph'
import type { ColumnMetaData, DecodedArray, PageHeader } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { deltaBinaryUnpack, deltaLengthByteArray } from 'hyparquet/src/delta.js'
import { byteStreamSplit } from 'hyparquet/src/encoding.js'
import { readPlain } from 'hyparquet/src/plain.js'
import { checkThrift } from './check-thrift.ts'
import { decompress } from './decompress.ts'
import type { Leaf } from './leaf.ts'
import { readRunLengths } from './run-lengths.ts'

/** The values of a column in one row group, one after another, and how they make rows. */
export interface ColumnChunk {
  readonly values: TypedArray | readonly Uint8Array[]
  /** Of each value, where a row or list begins (Dremel's repetition levels); undefined for a value in each row. */
  readonly repetition: Uint32Array | undefined
  /** The first place where a value is missing; -1 where none is. */
  readonly missing: number
}

interface Page {
  readonly values: DecodedArray
  readonly repetition: Uint32Array | undefined
  readonly missing: number
  readonly count: number
}

/**
 * Decodes a column chunk (Parquet format, "Data pages"). What a header declares is held against the bytes there are
 * before anything of that size is allocated.
 * @param limit values that the chunk may hold, at most
 * @throws Error for what is broken or not supported
 */
export function readColumnChunk(bytes: Uint8Array, { codec }: ColumnMetaData, leaf: Leaf, limit: number): ColumnChunk {
  const pages: Page[] = []
  let dictionary: DecodedArray | undefined
  let total = 0
  for (let offset = 0; offset < bytes.length; ) {
    checkThrift(bytes, offset)
    const reader = { view: viewOf(bytes), offset }
    const header = parquetHeader(reader)
    const { compressed_page_size: size } = header
    if (!(size >= 0) || size > bytes.length - reader.offset) throw new RangeError('a page ends early')
    const content = bytes.subarray(reader.offset, reader.offset + size)
    offset = reader.offset + size
    if (header.type === 'DICTIONARY_PAGE') {
      const page = decompress(content, codec, header.uncompressed_page_size)
      dictionary = readValues(page, 'PLAIN', header.dictionary_page_header?.num_values ?? 0, leaf, undefined)
    } else if (header.type === 'DATA_PAGE' || header.type === 'DATA_PAGE_V2') {
      total += (header.data_page_header ?? header.data_page_header_v2)?.num_values ?? 0
      if (!(total >= 0) || total > limit) throw new RangeError(`it declares ${total} values in ${bytes.length} bytes`)
      pages.push(readPage(content, header, codec, leaf, dictionary))
    }
  }
  const missing = pages.findIndex(page => page.missing >= 0)
  const before = pages.slice(0, missing).reduce((sum, page) => sum + page.count, 0)
  return {
    values: joined(leaf, pages),
    repetition: leaf.maxRepetition > 0 ? joinedLevels(pages) : undefined,
    missing: missing < 0 ? -1 : before + (pages[missing]?.missing ?? 0),
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) => new DataView(buffer, byteOffset, byteLength)

const bitWidth = (value: number) => 32 - Math.clz32(value)

function readPage(
  content: Uint8Array,
  header: PageHeader,
  codec: ColumnMetaData['codec'],
  leaf: Leaf,
  dictionary: DecodedArray | undefined,
): Page {
  const { data_page_header: v1, data_page_header_v2: v2, uncompressed_page_size: size } = header
  const { maxRepetition, maxDefinition } = leaf
  const page = v1 ? decompress(content, codec, size) : content
  let at = 0
  const levels = (max: number, count: number, stated: number | undefined): Uint32Array | undefined => {
    if (max === 0) {
      at += stated ?? 0
      return undefined
    }
    const length = stated ?? viewOf(page).getUint32(at, true)
    const start = stated === undefined ? at + 4 : at
    at = start + length
    if (!(at >= start) || at > page.length) throw new RangeError('a page ends early')
    return readRunLengths(page.subarray(start, at), bitWidth(max), count)
  }
  const head = v1 ?? v2
  if (!head) throw new RangeError('a page has no header of its type')
  const { num_values: count, encoding } = head
  const repetition = levels(maxRepetition, count, v2?.repetition_levels_byte_length)
  const definition = levels(maxDefinition, count, v2?.definition_levels_byte_length)
  const missing = definition?.findIndex(level => level !== maxDefinition) ?? -1
  const present = definition && missing >= 0 ? definition.filter(level => level === maxDefinition).length : count
  const rest = page.subarray(at)
  const body = v2 && v2.is_compressed !== false ? decompress(rest, codec, size - at) : rest
  return { values: readValues(body, encoding, present, leaf, dictionary), repetition, missing, count }
}

/** Bits that a value takes at least, as it is. */
const plainBits: Readonly<Record<string, number>> = {
  BOOLEAN: 1,
  INT32: 32,
  FLOAT: 32,
  BYTE_ARRAY: 32,
  INT64: 64,
  DOUBLE: 64,
}

function readValues(
  bytes: Uint8Array,
  encoding: string,
  count: number,
  { physical, typeLength }: Leaf,
  dictionary: DecodedArray | undefined,
): DecodedArray {
  const reader = { view: viewOf(bytes), offset: 0 }
  if (count === 0) return []
  if (encoding === 'PLAIN' || encoding === 'BYTE_STREAM_SPLIT') {
    const bits = plainBits[physical] ?? 8 * (typeLength ?? 0)
    if (!(count > 0) || bits < 1 || count * bits > 8 * bytes.length) throw new RangeError('a page ends early')
    return encoding === 'PLAIN'
      ? readPlain(reader, physical, count, typeLength)
      : byteStreamSplit(reader, count, physical, typeLength)
  }
  if (encoding === 'RLE' && physical === 'BOOLEAN') {
    const length = reader.view.getUint32(0, true)
    return Array.from(readRunLengths(bytes.subarray(4, 4 + length), 1, count), Boolean)
  }
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    if (!dictionary) throw new RangeError('a page needs a dictionary, and there is none')
    const [width = 0] = bytes
    return Array.from(readRunLengths(bytes.subarray(1), width, count), index => {
      if (index >= dictionary.length) throw new RangeError('a value is none of the dictionary')
      return dictionary[index]
    })
  }
  if (encoding === 'DELTA_BINARY_PACKED' && (physical === 'INT32' || physical === 'INT64')) {
    checkDelta(bytes)
    const values = physical === 'INT32' ? new Int32Array(count) : new BigInt64Array(count)
    deltaBinaryUnpack(reader, count, values)
    return values
  }
  if (encoding === 'DELTA_LENGTH_BYTE_ARRAY' && physical === 'BYTE_ARRAY') {
    checkDelta(bytes)
    const values: Uint8Array[] = new Array(count)
    deltaLengthByteArray(reader, count, values)
    return values
  }
  throw new RangeError(`the encoding ${encoding} is not supported`)
}

/** Its header is the size of a block and the number of its parts, of which there are few. */
function checkDelta(bytes: Uint8Array): void {
  const blockEnd = bytes.findIndex(byte => byte < 0x80)
  const parts = bytes[blockEnd + 1] ?? 0
  if (blockEnd < 0 || parts === 0 || parts > 0x7f) throw new RangeError('a page of differences has no valid header')
}

function joined({ type }: Leaf, pages: readonly Page[]): ColumnChunk['values'] {
  if (type === undefined || type === 'bytes') return pages.flatMap(({ values }) => values as Uint8Array[])
  const total = pages.reduce((sum, { values }) => sum + values.length, 0)
  const elements = newTypedArray(type, total)
  let offset = 0
  for (const { values } of pages) {
    // Halves come as pairs of bytes.
    const numbers =
      type === 'float16' ? Array.from(values as Uint8Array[], half => viewOf(half).getUint16(0, true)) : values
    elements.set(numbers as never, offset)
    offset += values.length
  }
  return elements
}

function joinedLevels(pages: readonly Page[]): Uint32Array {
  const levels = new Uint32Array(pages.reduce((sum, { count }) => sum + count, 0))
  let offset = 0
  for (const { repetition, count } of pages) {
    if (repetition) levels.set(repetition, offset)
    offset += count
  }
  return levels
}
