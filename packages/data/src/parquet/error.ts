import { DataError } from '@pare/core-graph'

/** The error of a Parquet file that is broken, or holds what is not read here. */
export const parquetError = (
  name: string,
  problem: string,
  hint = 'The file may be cut off or damaged: write or fetch it again.',
  cause?: unknown,
) => new DataError({ code: 'DATA_PARQUET', message: `${name} cannot be read: ${problem}.`, hint, cause })

/** What the parser's own failure says; what JavaScript says of a broken file is left to `cause`. */
export function problemOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return cause instanceof TypeError || /DataView|typed array|array length|BigInt/i.test(text)
    ? 'something is missing or misplaced in it'
    : text
}
