import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DataType } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { arrayNamed, openTable } from '../arrays/open-table.ts'
import { type DataDeclarationInput, dataDeclarationSchema, openReader } from '../declaration.ts'
import { failureOf, fixture, temporaryFolder, writeFiles } from '../testing/files.ts'

const files = ['numbers', 'numbers-v2', 'numbers-delta']

const rowsOf = async (file: string, column: string, ...indices: number[]) => {
  const array = await arrayNamed(await openTable(fixture(`parquet/${file}.parquet`)), column)
  return {
    array,
    numbers: Array.from((await array.rows(Uint32Array.from(indices))) as Iterable<number | bigint>, Number),
  }
}

// Element (i, j, k) is 10 i + j + k; the files have row groups of 4 rows (the last, one of 7).
test.each(files)('columns of numbers are arrays: %s', async file => {
  const expected: readonly [column: string, type: DataType, dims: number[], rows: number[]][] = [
    ['ids', 'int64', [7, 3], [60, 61, 62, 10, 11, 12]],
    ['fixed', 'float32', [7, 3], [60, 61, 62, 10, 11, 12]],
    ['nested', 'float64', [7, 2, 2], [60, 61, 61, 62, 10, 11, 11, 12]],
    ['age', 'int8', [7], [6, 1]],
    ['count', 'uint32', [7], [6, 1]],
    ['flag', 'bool', [7], [1, 0]],
    ['half', 'float16', [7], [0x4600, 0x3c00]],
    ['repeated', 'int32', [7], [5, 5]],
    ['label', 'int32', [7], [0, 1]],
  ]
  for (const [column, type, dims, rows] of expected) {
    const { array, numbers } = await rowsOf(file, column, 6, 1)
    expect([column, array.dataType, array.dims, numbers]).toEqual([column, type, dims, rows])
  }
})

test('text, dates, gaps and lists of several lengths are told', async () => {
  const table = await openTable(fixture('parquet/numbers.parquet'))
  expect(table.names).not.toContain('text')
  expect(await failureOf(table.open('text'))).toMatchObject({
    code: 'DATA_COLUMN',
    message: expect.stringMatching(/STRING/),
  })
  expect(await failureOf(table.open('day'))).toMatchObject({
    code: 'DATA_COLUMN',
    message: expect.stringMatching(/DATE/),
  })
  expect(await failureOf(rowsOf('numbers', 'gaps', 5))).toMatchObject({
    message: expect.stringMatching(/row 4 has no value/),
  })
  expect(await failureOf(rowsOf('numbers', 'ragged', 4))).toMatchObject({
    message: expect.stringMatching(/row 5 has another length/),
  })
})

const open = async (declaration: DataDeclarationInput, folder = fixture('parquet')) => {
  const reader = await openReader(dataDeclarationSchema.parse(declaration), folder)
  if (reader.kind !== 'images') throw new Error('They are images.')
  return reader
}

test.each(['none', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4'])(
  'images as Hugging Face keeps them, compression: %s',
  async codec => {
    const reader = await open({ kind: 'parquet', path: `images-${codec}.parquet` })
    expect([reader.size, [...(reader.labels ?? [])], reader.classNames]).toEqual([5, [0, 1, 0, 1, 0], ['even', 'odd']])
    for (const index of [4, 0, 3]) {
      const { width, height, channels, data } = await reader.read(index)
      // Red is the sample's number, green counts rows in tens and columns in ones.
      expect({ width, height, channels, last: [...data.slice(-3)] }).toEqual({
        width: 4,
        height: 3,
        channels: 3,
        last: [index, 23, 0],
      })
    }
  },
)

test('several files are one: by a pattern, not by a folder that mixes splits', async () => {
  const reader = await open({ kind: 'parquet', path: 'shards/train-*.parquet' })
  expect(reader.size).toBe(5)
  expect((await reader.read(3)).data[0]).toBe(3)
  expect(await failureOf(open({ kind: 'parquet', path: 'shards' }))).toMatchObject({
    code: 'DATA_SPLITS',
    hint: expect.stringMatching(/train-\*\.parquet|test-\*\.parquet/),
  })
  expect(await failureOf(open({ kind: 'parquet', path: 'shards/none-*.parquet' }))).toMatchObject({
    code: 'DATA_EMPTY',
  })
})

test('a plain column of bytes, and labels as text by declared names', async () => {
  const reader = await open({
    kind: 'parquet',
    path: 'plain-binary.parquet',
    image: 'png',
    label: 'kind',
    classes: ['even', 'odd'],
  })
  expect([...(reader.labels ?? [])]).toEqual([1, 0])
  expect((await reader.read(1)).data[0]).toBe(1)
})

test.each<[string, DataDeclarationInput, string, RegExp]>([
  ['an unknown column', { kind: 'parquet', path: 'plain-binary.parquet' }, 'DATA_COLUMN', /no column image/],
  [
    'a column of numbers',
    { kind: 'parquet', path: 'images-none.parquet', image: 'label' },
    'DATA_COLUMN',
    /not encoded images/,
  ],
  [
    'text labels without names',
    { kind: 'parquet', path: 'plain-binary.parquet', image: 'png', label: 'kind' },
    'DATA_LABEL',
    /the label "odd" in row 0/,
  ],
  ['too few classes', { kind: 'parquet', path: 'images-none.parquet', classes: 1 }, 'DATA_LABEL', /row 1 of/],
  ['a missing file', { kind: 'parquet', path: 'gone.parquet' }, 'DATA_FILE', /does not exist/],
])('%s is told', async (_, declaration, code, message) => {
  expect(await failureOf(open(declaration))).toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
})

/** Everything that a file holds, or the code of the error that says what is wrong with it. */
async function readAll(path: string): Promise<string> {
  const failure = await failureOf(
    (async () => {
      const table = await openTable(path)
      for (const name of table.names) {
        const array = await table.open(name)
        await array.rows(Uint32Array.from({ length: array.dims[0] ?? 0 }, (_, index) => index))
      }
    })(),
  )
  return failure ? failure.code : 'read'
}

/** A Parquet file of no rows whose schema is a struct in a struct in a struct, … (Thrift's compact protocol). */
function nestedFile(depth: number): Buffer {
  const varint = (value: number) => [(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14]
  const [struct, leaf] = [
    [0x48, 1, 0x61, 0x15, 2, 0],
    [0x15, 2, 0x38, 1, 0x61, 0],
  ]
  const schema = [...Array.from({ length: depth }, () => struct).flat(), ...leaf]
  const footer = [0x15, 2, 0x19, 0xfc, ...varint(depth + 1), ...schema, 0x16, 0, 0x19, 0x0c, 0]
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(footer), length, Buffer.from('PAR1')])
}

test('a footer whose key-value pairs are something else is told', async () => {
  const folder = await temporaryFolder()
  const whole = await readFile(fixture('parquet/images-none.parquet'))
  await writeFiles(folder, { 'x.parquet': whole.fill(0xff, 2951, 2959) })
  expect(await readAll(join(folder, 'x.parquet'))).toBe('DATA_PARQUET')
})

test('a footer without what it must hold is told in words of this format, not of JavaScript', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'x.parquet': nestedFile(2).fill(0, 23, 24) })
  expect(await failureOf(openTable(join(folder, 'x.parquet')))).toMatchObject({
    message: expect.stringMatching(/its footer is broken \(something is missing or misplaced in it\)\.$/),
  })
})

test.each<[string, Buffer, RegExp]>([
  ['that is nested without end', nestedFile(5000), /its schema is nested too deep/],
  ['of fewer elements than it says', nestedFile(2).fill(4, 21, 22), /its schema has fewer elements/],
  ['of more elements than it says', nestedFile(2).fill(0, 15, 16), /its schema has more elements/],
])('a schema %s is told', async (_, file, message) => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'x.parquet': file })
  expect(await failureOf(openTable(join(folder, 'x.parquet')))).toMatchObject({
    code: 'DATA_PARQUET',
    message: expect.stringMatching(message),
  })
})

test('a schema of structs in a struct is read', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { 'x.parquet': nestedFile(20) })
  expect(await failureOf(openTable(join(folder, 'x.parquet')))).toMatchObject({ code: 'DATA_EMPTY' })
})

test('a damaged file ends in an error that names it, or is read: never in a crash', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'x.parquet')
  for (const file of files) {
    const whole = await readFile(fixture(`parquet/${file}.parquet`))
    for (let at = 0; at < whole.length; at += 71) {
      for (const value of [0xff, 0x00, 0x80]) {
        await writeFiles(folder, { 'x.parquet': Buffer.from(whole).fill(value, at, at + 3) })
        expect(['read', 'DATA_PARQUET', 'DATA_EMPTY', 'DATA_COLUMN']).toContain(await readAll(path))
      }
    }
    await writeFiles(folder, { 'x.parquet': whole.subarray(0, whole.length / 2) })
    expect(await readAll(path)).toBe('DATA_PARQUET')
  }
})
