import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'

/** A folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pare-data-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Writes files by their path in the folder, with the folders they need. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

/** An IDX file of unsigned bytes: magic number, dimensions, elements. */
export function idxBytes(dims: readonly number[], elements: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length)
  header.set([0, 0, 8, dims.length])
  for (const [axis, dim] of dims.entries()) header.writeUInt32BE(dim, 4 + 4 * axis)
  return Buffer.concat([header, Uint8Array.from(elements)])
}

/** A PNG of the given rows of pixels; a pixel is a grey value or [R, G, B] or [R, G, B, alpha]. */
export function png(rows: readonly (readonly (number | readonly number[])[])[]): Promise<Buffer> {
  const [first = []] = rows
  const channels = ([first[0] ?? 0].flat().length || 1) as 1 | 3 | 4
  const data = Uint8Array.from(rows.flat(2))
  const image = sharp(data, { raw: { width: first.length, height: rows.length, channels } })
  return (channels === 1 ? image.toColourspace('b-w') : image).png().toBuffer()
}

/** What an error says of itself, or undefined where nothing failed. */
export const failureOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    ({ code, message, hint }) => ({ code, message, hint }),
  )

/** All values of an iteration. */
export async function collect<Value>(iterable: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = []
  for await (const value of iterable) values.push(value)
  return values
}

/** A file made by NumPy or pyarrow: `fixtures/make-fixtures.py`. */
export const fixture = (path: string): string => join(import.meta.dirname, '../../fixtures', path)

/** A NumPy file: header, elements as bytes. */
export function npyBytes(descr: string, dims: readonly number[], bytes: ArrayLike<number>): Buffer {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims.join(', ')},), }\n`
  const start = Buffer.from('\x93NUMPY\x01\x00..', 'latin1')
  start.writeUInt16LE(header.length, 8)
  return Buffer.concat([start, Buffer.from(header), Uint8Array.from(bytes)])
}
