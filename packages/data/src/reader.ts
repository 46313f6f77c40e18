import type { DataType, Shape } from '@pare/core-graph'
import type { z } from 'zod'
import type { SampleArray } from './arrays/sample-array.ts'
import type { Pixels } from './pixels.ts'

/** What every kind of data has. */
interface Samples {
  readonly size: number
  /** Class of each sample, checked; undefined for data without labels. */
  readonly labels: Int32Array | undefined
  readonly classNames: readonly string[] | undefined
}

/** Random access to images, which are preprocessed. */
export interface ImageReader extends Samples {
  readonly kind: 'images'
  /** How an error speaks of a sample. */
  readonly nameOf: (index: number) => string
  /** @throws DataError when the sample cannot be read or decoded, naming it. */
  readonly read: (index: number) => Pixels | Promise<Pixels>
}

/** Random access to tensors, which are fed as they are. */
export interface TensorReader extends Samples {
  readonly kind: 'tensors'
  /** By the name of the model's input; all have as many rows as there are samples. */
  readonly arrays: ReadonlyMap<string, SampleArray>
}

export type SampleReader = ImageReader | TensorReader

/** An input of the model that the data is for. What is undefined is not known, and not checked. */
export interface ModelInput {
  readonly name: string
  readonly type: { readonly dataType: DataType; readonly shape: Shape | undefined } | undefined
}

/** One kind of data: what a declaration of it says, and how it is opened. */
export interface ReaderUnit<Id extends string = string, Declaration extends z.ZodObject = z.ZodObject> {
  /** The declaration's `kind`. */
  readonly id: Id
  readonly declaration: Declaration
  /**
   * @param resolve makes a declared path absolute
   * @param inputs of the model; may be empty
   * @throws DataError when the files are missing, malformed, or do not fit together.
   */
  open(
    declaration: z.output<Declaration>,
    resolve: (path: string) => string,
    inputs: readonly ModelInput[],
  ): Promise<SampleReader>
}

export const defineReader = <Id extends string, Declaration extends z.ZodObject>(
  reader: ReaderUnit<Id, Declaration>,
): ReaderUnit<Id, Declaration> => Object.freeze(reader)
