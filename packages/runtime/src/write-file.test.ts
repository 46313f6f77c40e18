import { readdirSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isLeftover, makeFolder, writeFailure, writeFileWhole } from './write-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-write-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('pieces are written one after another, in place of what was there', async () => {
  const path = join(folder, 'file')
  await writeFile(path, 'something longer')
  expect(await writeFileWhole(path, [Buffer.from('one '), new Uint8Array(), Buffer.from('two')])).toBe(7)
  expect(await readFile(path, 'utf8')).toBe('one two')
})

test('what a writer that died has left is known by its name, and nothing else is taken for it', async () => {
  let half: string[] = []
  const pieces = function* () {
    yield Buffer.from('half')
    half = readdirSync(folder)
    throw new Error('died')
  }
  await expect(writeFileWhole(join(folder, 'model.onnx'), pieces())).rejects.toMatchObject({
    code: 'RUN_WRITE',
    message: expect.stringContaining('died'),
  })
  expect(half).toHaveLength(1)
  expect(half.every(isLeftover)).toBe(true)
  expect(await readdir(folder)).toEqual([])
  expect(isLeftover('steps/.model.onnx.0f8fad5b-d9cb-469f-a165-70867728950e.tmp')).toBe(true)
  for (const name of ['model.onnx', '.tmp', '.model.onnx.tmp', 'a.0f8fad5b-d9cb-469f-a165-70867728950e.tmp'])
    expect(isLeftover(name)).toBe(false)
})

test('folders are made with those above them, and may be there; a file in their way is told', async () => {
  const path = join(folder, 'a', 'b', 'c')
  await makeFolder(path)
  await makeFolder(path)
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['c'])
  await writeFile(join(folder, 'file'), '')
  await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(makeFolder(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})

test.each([
  ['ENOSPC', 'the disk is full', /^Make room/],
  ['EROFS', 'the file system is read-only', /may write there/],
  ['EFBIG', 'larger than the system lets it', /ulimit/],
  ['EMFILE', 'EMFILE: said the system', /may write there/],
])('%s is put into words', (code, says, hint) => {
  const cause = Object.assign(new Error(`${code}: said the system`), { code })
  const failure = writeFailure('RUN_WRITE', 'file cannot be written', cause)
  expect(failure).toMatchObject({ code: 'RUN_WRITE', hint: expect.stringMatching(hint), cause })
  expect(failure.message).toContain(says)
  expect(failure.message).toContain('said the system')
})
