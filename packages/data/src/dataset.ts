import type { DataDeclarationInput } from './declaration.ts'
import type { PreprocessInput } from './preprocess.ts'

/** A file of a data set. Size and checksum are those of its content: gzip headers differ from one place to the other. */
export interface DatasetFile {
  /** Name of the gzipped file in the data set's folder. */
  readonly name: string
  /** The official file. */
  readonly url: string
  /** Size of the unpacked content in bytes. */
  readonly bytes: number
  /** SHA-256 of the unpacked content, in hexadecimal. */
  readonly sha256: string
}

/** A data set that Pare can fetch by name. */
export interface Dataset {
  readonly id: string
  readonly description: string
  /** SPDX identifier. */
  readonly licence: string
  readonly homepage: string
  readonly files: readonly DatasetFile[]
  /** The Debian package that holds the files, and the folder in it. */
  readonly debian: { readonly package: string; readonly folder: string }
  readonly classNames: readonly [string, ...string[]]
  /** Its splits; paths start at the data set's folder. */
  readonly splits: { readonly train: DataDeclarationInput; readonly test: DataDeclarationInput }
  /** How its images are usually given to a model: mean and standard deviation are those of the train split. */
  readonly preprocess: PreprocessInput
}

export const defineDataset = (dataset: Dataset): Dataset => Object.freeze(dataset)
