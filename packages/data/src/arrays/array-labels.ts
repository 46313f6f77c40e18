import { DataError, elementCount } from '@pare/core-graph'
import { type Classes, checkLabels } from '../labels.ts'
import type { SampleArray } from './sample-array.ts'

/**
 * An array of class numbers, `[N]` or `[N, 1]`, as labels.
 * @throws DataError `DATA_LABEL`, `DATA_LABEL_COUNT` when there are not as many as samples
 */
export async function labelsOfArray(
  array: SampleArray,
  size: number,
  classes: Classes,
  nameOf: (index: number) => string,
): Promise<Int32Array> {
  const { name, dims } = array
  if (elementCount(dims) !== dims[0])
    throw new DataError({
      code: 'DATA_LABEL',
      message: `The labels ${name} have the shape [${dims.join(', ')}], not one class number for each sample [${dims[0]}].`,
      hint: 'Of one-hot labels, save the class numbers: np.argmax(y, axis=1).',
    })
  if (dims[0] !== size) throw labelCount(name, dims[0] ?? 0, size)
  const rows = await array.rows(Uint32Array.from({ length: size }, (_, index) => index))
  return checkLabels(Array.from(rows as Iterable<number | bigint>, Number), classes, nameOf)
}

const labelCount = (name: string, count: number, size: number) =>
  new DataError({
    code: 'DATA_LABEL_COUNT',
    message: `${name} has ${count} labels, but there are ${size} samples.`,
    hint: 'Use the labels of the same split.',
  })
