import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import type { DataFile } from '../check-data.ts'
import type { Seed } from './seed.ts'

export interface DataSeed extends Seed, DataFile {
  /** What is mutated as text; all else as bytes. */
  readonly isText?: boolean
  /** Packs a changed file, or makes its checksums right, so that a change gets past them. */
  readonly repair?: (bytes: Uint8Array) => Uint8Array
}

/** A PNG whose chunks have the checksums that they should have. */
function withPngSums(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes)
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 8 + file.readUInt32BE(at)
    if (end + 4 > file.length) break
    file.writeUInt32BE(crc32(file.subarray(at + 4, end)), end)
    at = end + 4
  }
  return file
}

/** An IDX file of unsigned bytes: magic number, dimensions, elements. */
function idx(...dims: number[]): Buffer {
  const header = Buffer.from([0, 0, 8, dims.length, ...dims.flatMap(dim => [0, 0, 0, dim])])
  const count = dims.reduce((product, dim) => product * dim, 1)
  return Buffer.concat([header, Uint8Array.from({ length: count }, (_, index) => index % 10)])
}

const idxImages: DataFile = { declaration: { kind: 'idx', images: 'images' }, file: 'images' }

const fixtures = join(import.meta.dirname, '../../../fixtures/fuzz')
const imageSeeds = globSync('*.{png,jpg,webp,gif,tiff,avif}', { cwd: fixtures })
  .sort()
  .map((file): DataSeed => {
    const seed = { name: file, bytes: readFileSync(join(fixtures, file)), file }
    const declaration = { kind: 'image-folder', path: '.' } as const
    return { ...seed, declaration, ...(file.endsWith('.png') ? { repair: withPngSums } : {}) }
  })

const beside = Object.fromEntries(imageSeeds.slice(0, 2).map(({ file, bytes }) => [file, bytes]))
const [first = '', second = ''] = Object.keys(beside)
const listSeed = (file: string, text: string): DataSeed => ({
  name: file,
  bytes: Buffer.from(text, 'utf8'),
  file,
  beside,
  declaration: { kind: 'image-list', path: file },
  isText: true,
})

// The fixtures of the readers' own tests, written by NumPy and pyarrow.
const dataFixtures = join(import.meta.dirname, '../../../../packages/data/fixtures')
const fixture = (file: string): Buffer => readFileSync(join(dataFixtures, file))
const npy = ['f4', 'i8', 'u1', 'b1', 'big-endian-f8', 'fortran', 'version-3'].map((name): DataSeed => {
  const file = `${name}.npy`
  return { name: file, bytes: fixture(`numpy/${file}`), file, declaration: { kind: 'tensors', inputs: file } }
})
const npz = ['stored', 'compressed'].map((name): DataSeed => {
  const file = `${name}.npz`
  return { name: file, bytes: fixture(`numpy/${file}`), file, declaration: { kind: 'tensors', path: file } }
})
/** An array that is packed after it was changed: its checksum is right. */
const packed: DataSeed = {
  name: 'packed.npz',
  bytes: fixture('numpy/f4.npy'),
  file: 'packed.npz',
  declaration: { kind: 'tensors', path: 'packed.npz' },
  repair: bytes => zipSync({ 'f4.npy': bytes }),
}
const parquetImages = ['none', 'snappy', 'gzip', 'lz4', 'zstd', 'brotli'].map((codec): DataSeed => {
  const file = `images-${codec}.parquet`
  const declaration = { kind: 'parquet', path: file, image: 'image' } as const
  return { name: file, bytes: fixture(`parquet/${file}`), file, declaration }
})
const parquetNumbers = ['numbers', 'numbers-v2', 'numbers-delta'].map((name): DataSeed => {
  const file = `${name}.parquet`
  return { name: file, bytes: fixture(`parquet/${file}`), file, declaration: { kind: 'tensors', path: file } }
})

/** Small files of each kind that a reader takes. */
export const dataSeeds: readonly DataSeed[] = [
  { name: 'idx', bytes: idx(3, 4, 5), ...idxImages, repair: gzipSync },
  { name: 'idx.gz', bytes: gzipSync(idx(3, 4, 5)), ...idxImages },
  {
    name: 'idx-labels',
    bytes: idx(3),
    file: 'labels',
    beside: { images: idx(3, 4, 5) },
    declaration: { kind: 'idx', images: 'images', labels: 'labels', classes: 10 },
  },
  ...imageSeeds,
  ...npy,
  ...npz,
  packed,
  ...parquetImages,
  ...parquetNumbers,
  listSeed('list.csv', `path,label\n${first},0\n"${second}",1\n`),
  listSeed(
    'list.json',
    JSON.stringify([
      { path: first, label: 0 },
      { path: second, label: '1' },
    ]),
  ),
]
