import { DataError } from '@pare/core-graph'

/** The error of a Parquet file that is broken, or holds what is not read here. */
export const parquetError = (
  name: string,
  problem: string,
  hint = 'The file may be cut off or damaged: write or fetch it again.',
  cause?: unknown,
) => new DataError({ code: 'DATA_PARQUET', message: `${name} cannot be read: ${problem}.`, hint, cause })
