import { type BatchOptions, DataError } from '@pare/core-graph'

/** @throws DataError `DATA_BATCH` when the batch size or the limit is not a whole number above 0. */
export function checkBatchOptions({ batchSize, limit }: BatchOptions): void {
  for (const [name, value] of Object.entries({ batchSize, limit }))
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw new DataError({
        code: 'DATA_BATCH',
        message: `${name} is ${value}, but must be a whole number above 0.`,
        hint: 'Leave out the limit to read all.',
      })
}
