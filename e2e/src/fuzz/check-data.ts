import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataDeclaration } from '@pare/data'
// Below the public face, which opens data in a thread of its own.
import { openReader } from '../../../packages/data/src/declaration.ts'
import type { ImageReader, TensorReader } from '../../../packages/data/src/reader.ts'
import { attempt, Violation } from './attempt.ts'

/** A seed's place among the files of its declaration. */
export interface DataFile {
  readonly declaration: DataDeclaration
  /** Name of the file that is mutated. */
  readonly file: string
  /** Files beside it, which stay whole. */
  readonly beside?: Readonly<Record<string, Uint8Array>>
}

/** Opens data of which one file is broken, and reads its first samples and its last. */
export async function checkData(
  bytes: Uint8Array,
  { declaration, file, beside = {} }: DataFile,
  folder: string,
): Promise<string> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  for (const [name, content] of Object.entries({ ...beside, [file]: bytes }))
    await writeFile(join(folder, name), content)
  const reader = await attempt('open', () => openReader(declaration, folder))
  if (!reader) return 'refused'
  const indices = [...new Set([0, 1, reader.size - 1])].filter(index => index >= 0 && index < reader.size)
  const read = reader.kind === 'images' ? await readImages(reader, indices) : await readTensors(reader, indices)
  return read ? 'read' : 'opened'
}

async function readImages(reader: ImageReader, indices: readonly number[]): Promise<boolean> {
  let whole = true
  for (const index of indices) {
    const pixels = await attempt('read', () => reader.read(index))
    if (!pixels) whole = false
    else if (pixels.data.length !== pixels.width * pixels.height * pixels.channels)
      throw new Violation(`sample ${index} has ${pixels.data.length} values, which is not its size`)
  }
  return whole
}

async function readTensors({ arrays }: TensorReader, indices: readonly number[]): Promise<boolean> {
  let read = false
  for (const { name, dims, rows } of arrays.values()) {
    const elements = await attempt('rows', () => rows(Uint32Array.from(indices)))
    read ||= elements !== undefined
    if (elements && elements.length !== indices.length * dims.slice(1).reduce((product, dim) => product * dim, 1))
      throw new Violation(`${indices.length} rows of ${name} have ${elements.length} elements, which is not their size`)
  }
  return read
}
