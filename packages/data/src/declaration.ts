import { resolve } from 'node:path'
import { z } from 'zod'
import type { ModelInput, ReaderUnit, SampleReader } from './reader.ts'
import { readers } from './readers/registry.ts'

/** Where data is, of which kind, and which of its samples are meant. */
export const dataDeclarationSchema = z.discriminatedUnion('kind', [
  readers.idx.declaration,
  readers['image-folder'].declaration,
  readers['image-list'].declaration,
  readers.numpy.declaration,
  readers.parquet.declaration,
  readers.tensors.declaration,
])

export type DataDeclaration = z.output<typeof dataDeclarationSchema>
/** As a user writes it: what has a default may be left out. */
export type DataDeclarationInput = z.input<typeof dataDeclarationSchema>

/** Opens what a declaration speaks of; relative paths start at `baseDirectory`. */
export function openReader(
  declaration: DataDeclaration,
  baseDirectory: string,
  inputs: readonly ModelInput[] = [],
): Promise<SampleReader> {
  // The registry's keys are the kinds, so the reader that is looked up takes this declaration.
  const reader: ReaderUnit = readers[declaration.kind]
  return reader.open(declaration, path => resolve(baseDirectory, path), inputs)
}
