import type { DataType } from '@pare/core-graph'
import type { SchemaTree } from 'hyparquet'

/** The values of a column: of a number, a list of numbers (of lists, …), of bytes or of text. */
export interface Leaf {
  /** From the column to the values, joined by dots as in `path_in_schema`. */
  readonly path: string
  readonly type: DataType | 'bytes' | undefined
  /** How the file calls its type, for errors. */
  readonly typeName: string
  /** Parquet's own type, and its length where it is fixed. */
  readonly physical: NonNullable<SchemaTree['element']['type']>
  readonly typeLength: number | undefined
  /** Levels of lists. */
  readonly maxRepetition: number
  /** Levels of lists and of what may be missing. */
  readonly maxDefinition: number
}

/**
 * What a column of the schema holds; of a struct, what its field `bytes` holds, as Hugging Face keeps images.
 * Undefined for maps and other structs.
 */
export function leafOf(column: SchemaTree): Leaf | undefined {
  const nodes = [column]
  for (let node: SchemaTree | undefined = column; node.children.length > 0; ) {
    const next: SchemaTree | undefined =
      node.children.length === 1 ? node.children[0] : node.children.find(child => child.element.name === 'bytes')
    if (!next) return undefined
    nodes.push(next)
    node = next
  }
  const { element, path } = nodes.at(-1) ?? column
  const levels = (counts: (kind: string) => boolean) =>
    nodes.filter(node => counts(node.element.repetition_type ?? 'REQUIRED')).length
  if (!element.type) return undefined
  return {
    path: path.join('.'),
    type: typeOf(element),
    typeName: [element.type, element.logical_type?.type ?? element.converted_type].filter(Boolean).join(' '),
    physical: element.type,
    typeLength: element.type_length,
    maxRepetition: levels(kind => kind === 'REPEATED'),
    maxDefinition: levels(kind => kind !== 'REQUIRED'),
  }
}

const integers: Readonly<Record<string, DataType>> = {
  INT_8: 'int8',
  INT_16: 'int16',
  INT_32: 'int32',
  INT_64: 'int64',
  UINT_8: 'uint8',
  UINT_16: 'uint16',
  UINT_32: 'uint32',
  UINT_64: 'uint64',
}

function typeOf({ type, type_length, converted_type, logical_type }: SchemaTree['element']): Leaf['type'] {
  if (type === 'BOOLEAN') return 'bool'
  if (type === 'FLOAT') return 'float32'
  if (type === 'DOUBLE') return 'float64'
  if (type === 'BYTE_ARRAY') return 'bytes'
  if (type === 'FIXED_LEN_BYTE_ARRAY' && logical_type?.type === 'FLOAT16' && type_length === 2) return 'float16'
  if (type !== 'INT32' && type !== 'INT64') return undefined
  if (logical_type?.type === 'INTEGER')
    return integers[`${logical_type.isSigned ? 'INT' : 'UINT'}_${logical_type.bitWidth}`]
  // Dates, times and decimals are integers too, but what they count is another thing.
  if (logical_type) return undefined
  if (converted_type) return integers[converted_type]
  return type === 'INT32' ? 'int32' : 'int64'
}
