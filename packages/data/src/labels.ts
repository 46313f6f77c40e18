import { DataError } from '@pare/core-graph'
import { z } from 'zod'

/** How many classes there are, or their names in the order of their numbers. */
export const classesSchema = z
  .union([z.int().positive(), z.array(z.string().min(1)).nonempty()], {
    error: 'expected the number of classes, or a list of their names',
  })
  .optional()
  .describe('Number of classes, or their names in the order of their numbers. Labels are checked against it.')

export type Classes = z.output<typeof classesSchema>

export const classNamesOf = (classes: Classes): readonly string[] | undefined =>
  typeof classes === 'number' ? undefined : classes

/**
 * @param classes number of classes; undefined when it is not known
 * @throws DataError `DATA_LABEL` naming the sample, when its label is no class number.
 */
export function checkLabel(label: number, classes: number | undefined, sample: () => string): void {
  if (Number.isInteger(label) && label >= 0 && label < (classes ?? 2 ** 31)) return
  const expected =
    classes === undefined
      ? 'class numbers start at 0'
      : `there are ${classes} classes, numbered from 0 to ${classes - 1}`
  throw new DataError({
    code: 'DATA_LABEL',
    message: `The label of ${sample()} is ${label}, but ${expected}.`,
    hint:
      label < 0
        ? 'Give every sample a class, or leave out the labels altogether.'
        : 'Correct the label, or the number of classes.',
  })
}

/**
 * The labels as they are, checked.
 * @throws DataError `DATA_LABEL`
 */
export function checkLabels(labels: Iterable<number>, classes: Classes, nameOf: (index: number) => string) {
  const count = typeof classes === 'number' ? classes : classes?.length
  return Int32Array.from(labels, (label, index) => {
    checkLabel(label, count, () => nameOf(index))
    return label
  })
}
