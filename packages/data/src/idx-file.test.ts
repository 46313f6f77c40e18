import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readIdx } from './idx-file.ts'
import { failureOf, idxBytes, temporaryFolder, writeFiles } from './testing/files.ts'

const images = idxBytes([2, 1, 3], [1, 2, 3, 4, 5, 6])

async function read(content: Uint8Array | undefined, rank = 3) {
  const folder = await temporaryFolder()
  if (content) await writeFiles(folder, { file: content })
  return readIdx(join(folder, 'file'), rank)
}

test.each([
  ['plain', images],
  ['gzipped', gzipSync(images)],
])('reads a %s file', async (_, content) => {
  const { dims, data } = await read(content)
  expect(dims).toEqual([2, 1, 3])
  expect([...data]).toEqual([1, 2, 3, 4, 5, 6])
})

const declares = (count: number) => idxBytes([count, 28, 28], [])

test.each<[string, Uint8Array | undefined, string, RegExp]>([
  ['a missing file', undefined, 'DATA_FILE', /does not exist/],
  ['an empty file', new Uint8Array(), 'DATA_IDX', /no IDX file/],
  ['another file', Buffer.from('hello, world'), 'DATA_IDX', /starts with \[104,101,108,108\], not \[0,0,8,3\]/],
  ['labels for images', idxBytes([3], [1, 2, 3]), 'DATA_IDX', /3 dimensions/],
  ['a file cut off in its header', images.subarray(0, 10), 'DATA_IDX_SIZE', /ends within its header, after 10 bytes/],
  ['a truncated file', images.subarray(0, 20), 'DATA_IDX_SIZE', /takes 22 bytes, but 20 are there/],
  ['a file that goes on', Buffer.concat([images, images]), 'DATA_IDX_SIZE', /takes 22 bytes, but 44 are there/],
  ['a truncated gzip file', gzipSync(images).subarray(0, 30), 'DATA_IDX', /does not decompress/],
  ['a damaged gzip file', gzipSync(images).fill(7, 12, 20), 'DATA_IDX', /does not decompress/],
  ['fewer gzipped bytes than declared', gzipSync(images.subarray(0, 20)), 'DATA_IDX_SIZE', /but 20 are there/],
  [
    'a bomb: more bytes than declared',
    gzipSync(Buffer.concat([images, Buffer.alloc(10e6)])),
    'DATA_IDX_SIZE',
    /more are there/,
  ],
  ['more declared than gzip can hold', gzipSync(declares(1e6)), 'DATA_IDX_SIZE', /compressed bytes cannot hold that/],
  ['more declared than memory takes', declares(4e9), 'DATA_IDX_SIZE', /beyond the limit of 2 GiB/],
])('refuses %s', async (_, content, code, message) => {
  expect(await failureOf(read(content))).toEqual({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
})

test('refuses a folder', async () => {
  const folder = await temporaryFolder()
  expect(await failureOf(readIdx(folder, 1))).toMatchObject({
    code: 'DATA_FILE',
    message: `${folder} is a folder, not a file.`,
  })
})
