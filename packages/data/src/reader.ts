import type { z } from 'zod'
import type { Pixels } from './pixels.ts'

/** Random access to the samples of a file or folder. */
export interface SampleReader {
  readonly size: number
  /** Class of each sample, checked; undefined for data without labels. */
  readonly labels: Int32Array | undefined
  readonly classNames: readonly string[] | undefined
  /** How an error speaks of a sample. */
  readonly nameOf: (index: number) => string
  /** @throws DataError when the sample cannot be read or decoded, naming it. */
  readonly read: (index: number) => Pixels | Promise<Pixels>
}

/** One kind of data: what a declaration of it says, and how it is opened. */
export interface ReaderUnit<Id extends string = string, Declaration extends z.ZodObject = z.ZodObject> {
  /** The declaration's `kind`. */
  readonly id: Id
  readonly declaration: Declaration
  /**
   * @param resolve makes a declared path absolute
   * @throws DataError when the files are missing, malformed, or do not fit together.
   */
  open(declaration: z.output<Declaration>, resolve: (path: string) => string): Promise<SampleReader>
}

export const defineReader = <Id extends string, Declaration extends z.ZodObject>(
  reader: ReaderUnit<Id, Declaration>,
): ReaderUnit<Id, Declaration> => Object.freeze(reader)
