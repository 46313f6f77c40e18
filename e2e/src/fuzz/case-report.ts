/** What became of one case. */
export interface CaseReport {
  readonly number: number
  readonly name: string
  /** How far the file got. */
  readonly reached: string
  readonly milliseconds: number
  /** What happened that must not. */
  readonly problem?: string
}

/** A case may take so much memory at a time, in bytes; files have at most some kilobytes. */
export const memoryLimit = 512 * 2 ** 20

/** A case that takes longer hangs. */
export const hangMilliseconds = 5000
