import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataType } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { memorySource } from '../byte-source.ts'
import { failureOf, fixture, npyBytes, temporaryFolder, writeFiles } from '../testing/files.ts'
import { openNpy, openNpyFile } from './npy.ts'
import { arrayNamed, openTable } from './open-table.ts'

const numbersOf = async (rows: unknown) => Array.from((await rows) as Iterable<number | bigint>, Number)

// Element (i, j) of the fixtures is 10 i + j.
test.each<[string, DataType]>([
  ['i1', 'int8'],
  ['u1', 'uint8'],
  ['i2', 'int16'],
  ['u2', 'uint16'],
  ['i4', 'int32'],
  ['u4', 'uint32'],
  ['i8', 'int64'],
  ['u8', 'uint64'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['big-endian-i2', 'int16'],
  ['big-endian-u4', 'uint32'],
  ['big-endian-i8', 'int64'],
  ['big-endian-f4', 'float32'],
  ['big-endian-f8', 'float64'],
  ['version-2', 'float32'],
  ['version-3', 'float32'],
])('NumPy wrote %s: rows of %s in any order', async (file, dataType) => {
  const array = await openNpyFile(fixture(`numpy/${file}.npy`))
  expect([array.dataType, array.dims]).toEqual([dataType, [3, 2]])
  expect(await numbersOf(array.rows(Uint32Array.of(2, 0, 1)))).toEqual([20, 21, 0, 1, 10, 11])
})

test('truth values, and halves as they are stored', async () => {
  const flags = await openNpyFile(fixture('numpy/b1.npy'))
  expect(flags.dataType).toBe('bool')
  expect(await flags.rows(Uint32Array.of(0, 1))).toEqual(Uint8Array.of(0, 1, 1, 1))
  for (const file of ['f2', 'big-endian-f2']) {
    const halves = await openNpyFile(fixture(`numpy/${file}.npy`))
    expect(halves.dataType).toBe('float16')
    expect(await halves.rows(Uint32Array.of(0))).toEqual(Uint16Array.of(0, 0x3c00))
  }
})

test('an array in Fortran order gives rows as any other', async () => {
  const array = await openNpyFile(fixture('numpy/fortran.npy'))
  expect(array.dims).toEqual([3, 2, 4])
  expect(await numbersOf(array.rows(Uint32Array.of(2, 1)))).toEqual([
    ...[20, 21, 22, 23, 21, 22, 23, 24],
    ...[10, 11, 12, 13, 11, 12, 13, 14],
  ])
})

test.each([
  ['stored', 'numpy/stored.npz'],
  ['compressed', 'numpy/compressed.npz'],
])('arrays of an .npz, %s', async (_, path) => {
  const table = await openTable(fixture(path))
  expect(table.names).toEqual(['ids', 'mask', 'labels'])
  const ids = await arrayNamed(table, 'ids')
  expect([ids.dataType, ids.dims]).toEqual(['int64', [3, 2]])
  expect(await ids.rows(Uint32Array.of(1))).toEqual(BigInt64Array.of(10n, 11n))
  expect(await failureOf(arrayNamed(table, 'idz'))).toEqual({
    code: 'DATA_ARRAY',
    message: `${fixture(path)} has no array of numbers named idz.`,
    hint: 'It has ids, mask, labels.',
  })
})

test('a folder of .npy files is read like an .npz', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, {
    'b.npy': npyBytes('|u1', [2], [1, 2]),
    'a.npy': npyBytes('|u1', [1, 1], [3]),
    'x.txt': '',
  })
  const table = await openTable(folder)
  expect(table.names).toEqual(['a', 'b'])
  expect((await table.open('b')).dims).toEqual([2])
})

test.each([
  ['objects', 'DATA_NPY', /pickled Python objects/],
  ['structured', 'DATA_NPY', /structured array/],
  ['text', 'DATA_NPY', /of the type <U2/],
  ['complex', 'DATA_NPY', /of the type <c8/],
  ['single', 'DATA_NPY', /a single number/],
  ['empty', 'DATA_EMPTY', /shape is \[3, 0\]/],
])('what no model takes is refused: %s', async (file, code, message) => {
  expect(await failureOf(openNpyFile(fixture(`numpy/${file}.npy`)))).toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
})

const open = async (bytes: Uint8Array) => openNpy('x.npy', memorySource(bytes))

test.each<[string, Uint8Array, string, RegExp]>([
  ['no NumPy file', Buffer.from('PK\x03\x04 and so on, no array'), 'DATA_NPY', /magic string/],
  ['nothing', new Uint8Array(), 'DATA_NPY', /magic string/],
  ['another version', npyBytes('<f4', [1], [0, 0, 0, 0]).fill(9, 6, 7), 'DATA_NPY', /version is 9\.0/],
  ['only a start', npyBytes('<f4', [1], []).subarray(0, 9), 'DATA_NPY', /ends within its header/],
  ['a header beyond its end', npyBytes('<f4', [1], []).subarray(0, 40), 'DATA_NPY', /ends within its header/],
  ['too few elements', npyBytes('<f4', [2], [0, 0, 0, 0]), 'DATA_NPY_SIZE', /float32 \[2\], which takes \d+ bytes/],
  ['too many elements', npyBytes('<f4', [1], new Array(8).fill(0)), 'DATA_NPY_SIZE', /but \d+ are there/],
  ['a shape beyond all files', npyBytes('<f4', [1e15, 1e15], [0]), 'DATA_NPY_SIZE', /takes/],
  ['a header of nothing', npyBytes("', '", [1], [0]), 'DATA_NPY', /.*/],
])('a broken file is refused before it is read: %s', async (_, bytes, code, message) => {
  expect(await failureOf(open(bytes))).toEqual({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
})

test.each([
  ['an .npz that is cut off', (file: Buffer) => file.subarray(0, 200)],
  ['an .npz that claims a terabyte', (file: Buffer) => claimSize(file, 0xffff_fff0)],
  ['no zip at all', () => Buffer.alloc(100)],
])('%s is refused', async (_, change) => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'x.npz': change(await readFile(fixture('numpy/compressed.npz'))) })
  expect(await failureOf(openTable(join(folder, 'x.npz')))).toMatchObject({ code: 'DATA_NPZ' })
})

test.each(['numpy/stored.npz', 'numpy/compressed.npz'])('a changed byte in %s is found by the checksum', async path => {
  const folder = await temporaryFolder()
  const whole = await readFile(fixture(path))
  const outcomes = new Set<string>()
  // What the zip holds of the first array, up to the next one.
  for (let at = 60; at < whole.indexOf('PK\x03\x04', 1, 'latin1'); at++) {
    await writeFiles(folder, { 'x.npz': Buffer.from(whole).fill((whole[at] ?? 0) ^ 1, at, at + 1) })
    const failure = await failureOf(openTable(join(folder, 'x.npz')).then(table => table.open('ids')))
    outcomes.add(failure?.code ?? 'read')
  }
  expect([...outcomes]).toEqual(['DATA_NPZ'])
})

/** Writes another uncompressed size into the first entry of the central directory. */
function claimSize(file: Buffer, size: number): Buffer {
  file.writeUInt32LE(size, file.indexOf('PK\x01\x02') + 24)
  return file
}
