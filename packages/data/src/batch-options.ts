import { type BatchOptions, DataError } from '@pare/core-graph'

/** @throws DataError `DATA_BATCH` when the batch size or the limit is not a whole number above 0, or `skip` below 0. */
export function checkBatchOptions({ batchSize, limit, skip }: BatchOptions): void {
  checkWhole({ batchSize, limit }, 1, 'Leave out the limit to read all.')
  checkWhole({ skip }, 0, 'Give the number of batches that are not wanted again.')
}

function checkWhole(numbers: Readonly<Record<string, number | undefined>>, least: 0 | 1, hint: string): void {
  for (const [name, value] of Object.entries(numbers))
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= least))
      throw new DataError({
        code: 'DATA_BATCH',
        message: `${name} is ${value}, but must be a whole number ${least === 1 ? 'above 0' : 'not below 0'}.`,
        hint,
      })
}
