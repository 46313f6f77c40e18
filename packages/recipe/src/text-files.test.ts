import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { textFilesIn, withoutWriting } from './text-files.ts'

const folder = await mkdtemp(join(tmpdir(), 'pare-texts-'))
afterAll(() => rm(folder, { recursive: true }))

test('a file is there after it was written, whole, in folders made for it', async () => {
  const files = textFilesIn(folder)
  expect(await files.read('a/b/sensitivities.json')).toBeUndefined()
  await files.write('a/b/sensitivities.json', '{ "r": 0.5 }')
  await files.write('a/b/sensitivities.json', 'ä')
  expect(await files.read(join(folder, 'a/b/sensitivities.json'))).toBe('ä')
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['sensitivities.json'])
})

test.each(['../other.txt', '/etc/hosts', 'a/../../b', '.', '', '..'])('%s is outside and refused', async path => {
  const files = textFilesIn(join(folder, 'below'))
  await expect(files.read(path)).rejects.toMatchObject({ code: 'RECIPE_PATH' })
  await expect(files.write(path, '')).rejects.toMatchObject({ code: 'RECIPE_PATH' })
})

test('a folder in the place of a file is told', async () => {
  await mkdir(join(folder, 'taken'))
  await expect(textFilesIn(folder).read('taken')).rejects.toMatchObject({ code: 'RECIPE_FILE' })
  await expect(textFilesIn(folder).write('taken', '')).rejects.toMatchObject({ code: 'RUN_WRITE' })
})

test('a plan reads what there is, and what it has written itself, and leaves nothing behind', async () => {
  await textFilesIn(folder).write('kept.txt', 'before')
  const files = withoutWriting(textFilesIn(folder))
  expect(await files.read('kept.txt')).toBe('before')
  await files.write('kept.txt', 'now')
  expect(await files.read('kept.txt')).toBe('now')
  expect(await textFilesIn(folder).read('kept.txt')).toBe('before')
})
