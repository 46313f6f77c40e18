import { DataError } from '@pare/core-graph'
import { z } from 'zod'

/** How many classes there are, or their names in the order of their numbers. */
export const classesSchema = z
  .union([z.int().positive(), z.array(z.string().min(1)).nonempty()])
  .optional()
  .describe('Number of classes, or their names in the order of their numbers. Labels are checked against it.')

export type Classes = z.output<typeof classesSchema>

export const classNamesOf = (classes: Classes): readonly string[] | undefined =>
  typeof classes === 'number' ? undefined : classes

/**
 * The labels as they are, checked.
 * @throws DataError `DATA_LABEL` naming the first sample whose label is no class number.
 */
export function checkLabels(
  labels: readonly number[] | Uint8Array,
  classes: Classes,
  nameOf: (index: number) => string,
) {
  const count = typeof classes === 'number' ? classes : (classes?.length ?? 2 ** 31)
  for (const [index, label] of labels.entries())
    if (!Number.isInteger(label) || label < 0 || label >= count)
      throw new DataError({
        code: 'DATA_LABEL',
        message: `The label of ${nameOf(index)} is ${label}, but ${classes === undefined ? 'class numbers start at 0' : `there are ${count} classes, numbered from 0 to ${count - 1}`}.`,
        hint:
          label < 0
            ? 'Give every sample a class, or leave out the labels altogether.'
            : 'Correct the label, or the number of classes.',
      })
  return Int32Array.from(labels)
}
