import { dirname, resolve as resolvePath } from 'node:path'
import { DataError } from '@pare/core-graph'
import { z } from 'zod'
import { decodeImage } from '../decode-image.ts'
import { type Classes, checkLabels, classesSchema, classNamesOf } from '../labels.ts'
import { type ListEntry, readList } from '../list-file.ts'
import { defineReader } from '../reader.ts'
import { selectionShape } from '../selection.ts'

/** Images named in a CSV or JSON file, with or without labels. */
export const imageList = defineReader({
  id: 'image-list',
  declaration: z.strictObject({
    kind: z.literal('image-list'),
    path: z.string().min(1).describe('CSV (path,label) or JSON file. Paths in it start at its own folder.'),
    classes: classesSchema,
    ...selectionShape,
  }),
  open: async ({ path, classes }, resolve) => {
    const list = resolve(path)
    const entries = await readList(list)
    if (entries.length === 0)
      throw new DataError({ code: 'DATA_EMPTY', message: `${list} names no images.`, hint: 'Write one image a line.' })
    const nameOf = (index: number) => resolvePath(dirname(list), entries[index]?.path ?? '')
    const nameInList = (index: number) => `${nameOf(index)} (${entries[index]?.where} of ${list})`
    return {
      kind: 'images',
      size: entries.length,
      labels: labelsOf(entries, classes, nameInList),
      classNames: classNamesOf(classes),
      nameOf,
      read: index => decodeImage(nameOf(index)),
    }
  },
})

function labelsOf(entries: readonly ListEntry[], classes: Classes, nameOf: (index: number) => string) {
  const isMissing = ({ label }: ListEntry) => label === undefined || label === ''
  if (entries.every(isMissing)) return undefined
  const missing = entries.findIndex(isMissing)
  if (missing >= 0)
    throw new DataError({
      code: 'DATA_LABEL',
      message: `${nameOf(missing)} has no label, but others have.`,
      hint: 'Give every image a label, or none.',
    })
  const classNames = classNamesOf(classes)
  const numbers = entries.map(({ label = '' }, index) => {
    const named = classNames?.indexOf(label) ?? -1
    if (named >= 0) return named
    if (/^[+-]?\d+$/.test(label)) return Number(label)
    throw new DataError({
      code: 'DATA_LABEL',
      message: `The label of ${nameOf(index)} is "${label}", which is ${classNames ? 'none of the declared classes' : 'no number'}.`,
      hint: classNames
        ? `Classes are ${classNames.join(', ')}.`
        : 'Write class numbers, or declare the names in `classes`.',
    })
  })
  return checkLabels(numbers, classes, nameOf)
}
