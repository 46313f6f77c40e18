import { DataError } from '@pare/core-graph'
import { z } from 'zod'
import { decodeImageBytes } from '../decode-image.ts'
import { type Classes, checkLabels, classesSchema, classNamesOf } from '../labels.ts'
import { type Column, openParquet, type ParquetTable } from '../parquet/parquet-table.ts'
import { defineReader } from '../reader.ts'
import { selectionShape } from '../selection.ts'

/**
 * Encoded images in Parquet files, as Hugging Face keeps its data sets: a column of structs `{ bytes, path }`, or of
 * bytes, and a column of labels. A row group is read as a whole, and the last ones are kept.
 */
export const parquet = defineReader({
  id: 'parquet',
  declaration: z.strictObject({
    kind: z.literal('parquet'),
    path: z.string().min(1).describe('A Parquet file, a folder of them, or a pattern such as data/train-*.parquet.'),
    image: z.string().min(1).default('image').describe('Column of the encoded images: { bytes, path }, or bytes.'),
    label: z
      .string()
      .min(1)
      .optional()
      .describe('Column of the class numbers, or of names in `classes`. Default: `label` where there is one.'),
    classes: classesSchema.describe(
      'Number of classes, or their names in the order of their numbers. Default: the names that Hugging Face wrote into the file.',
    ),
    ...selectionShape,
  }),
  open: async ({ path, image, label, classes: declared }, resolve) => {
    const table = await openParquet(resolve(path))
    const images = table.column(image)
    if (images.leaf.type !== 'bytes' || images.leaf.maxRepetition > 0)
      throw new DataError({
        code: 'DATA_COLUMN',
        message: `The column ${images.name} holds ${images.leaf.typeName}, not encoded images.`,
        hint: 'Name the column of the images by `image`; feed columns of numbers by kind: tensors.',
      })
    const nameOf = (index: number) => `row ${index} of ${table.path}`
    const labelColumn = label ?? (table.columns.has('label') ? 'label' : undefined)
    const classes = declared ?? (labelColumn === undefined ? undefined : writtenClasses(table, labelColumn))
    return {
      kind: 'images',
      size: table.rows,
      labels: labelColumn === undefined ? undefined : labelsOf(table.column(labelColumn), table.rows, classes, nameOf),
      classNames: classNamesOf(classes),
      nameOf,
      read: index => decodeImageBytes(bytesAt(images, index, nameOf), nameOf(index)),
    }
  },
})

function bytesAt({ at, name }: Column, index: number, nameOf: (index: number) => string): Uint8Array {
  const { chunk, row } = at(index)
  const bytes = chunk.values[row]
  if (chunk.missing < 0 && bytes instanceof Uint8Array) return bytes
  throw new DataError({
    code: 'DATA_IMAGE',
    message: `Near ${nameOf(index)}, the column ${name} has a row without an image.`,
    hint: 'Embed the images into the file, and leave out rows without one.',
  })
}

function labelsOf(
  { leaf, name, at }: Column,
  size: number,
  classes: Classes,
  nameOf: (index: number) => string,
): Int32Array {
  const classNames = classNamesOf(classes)
  const numbers = Array.from({ length: size }, (_, index) => {
    const { chunk, row } = at(index)
    const value = chunk.missing < 0 && leaf.maxRepetition === 0 ? chunk.values[row] : undefined
    if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
    const text = value && new TextDecoder().decode(value)
    const named = text === undefined ? -1 : (classNames?.indexOf(text) ?? -1)
    if (named >= 0) return named
    throw new DataError({
      code: 'DATA_LABEL',
      message: `The column ${name} ${text === undefined ? 'has rows without a class' : `has the label "${text}" in row ${index}, which is ${classNames ? 'none of the classes' : 'no number'}`}.`,
      hint: classNames
        ? `Classes are ${classNames.join(', ')}.`
        : 'Give every row a class number, or declare the names in `classes`.',
    })
  })
  return checkLabels(numbers, classes, nameOf)
}

const huggingFace = z.object({
  info: z.object({ features: z.record(z.string(), z.unknown()) }),
})

/** The names of classes that the `datasets` library of Hugging Face writes beside the schema. */
function writtenClasses({ keyValues }: ParquetTable, column: string): Classes {
  const { data } = huggingFace.safeParse(jsonOf(keyValues.get('huggingface') ?? 'null'))
  const feature = data && Object.hasOwn(data.info.features, column) ? data.info.features[column] : undefined
  return z.object({ names: z.array(z.string().min(1)).nonempty() }).safeParse(feature).data?.names
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
