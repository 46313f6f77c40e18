import { mkdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openNpyFile } from './arrays/npy.ts'
import { fileSource } from './byte-source.ts'
import { failureOf, npyBytes, temporaryFolder, writeFiles } from './testing/files.ts'

test('a file is read by position', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { x: Uint8Array.of(1, 2, 3, 4) })
  const source = await fileSource(join(folder, 'x'))
  const target = new Uint8Array(2)
  source.readInto(target, 1)
  expect([source.size, ...target]).toEqual([4, 2, 3])
})

test('what is no file, or is cut off while it is read, is told', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'folder'))
  await writeFiles(folder, { 'x.npy': npyBytes('|u1', [2], [1, 2]) })
  const message = (text: RegExp) => ({ code: 'DATA_FILE', message: expect.stringMatching(text) })
  expect(await failureOf(fileSource(join(folder, 'none')))).toMatchObject(message(/none does not exist/))
  expect(await failureOf(fileSource(join(folder, 'folder')))).toMatchObject(message(/is a folder/))
  const array = await openNpyFile(join(folder, 'x.npy'))
  await truncate(join(folder, 'x.npy'), 20)
  const reading = (async () => array.rows(Uint32Array.of(1)))()
  expect(await failureOf(reading)).toMatchObject(message(/ends at byte \d+: it may have been changed/))
})
