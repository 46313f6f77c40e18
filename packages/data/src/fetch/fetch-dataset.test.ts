import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Progress } from '@pare/core-graph'
import { expect, onTestFinished, test } from 'vitest'
import type { Dataset } from '../dataset.ts'
import { datasets } from '../datasets/registry.ts'
import { failureOf, temporaryFolder, writeFiles } from '../testing/files.ts'
import { debianOrigin, type Run } from './debian-origin.ts'
import { datasetNames, datasetOf, fetchDataset, fetchFrom } from './fetch-dataset.ts'
import { officialOrigin } from './official-origin.ts'
import type { Origin } from './origin.ts'

const contents = { 'images.gz': Buffer.from('images'.repeat(100)), 'labels.gz': Buffer.from('labels') }

/** A data set of two small files, official at `base`. */
const toys = (base = 'http://localhost:1'): Dataset => ({
  ...datasetOf('fashion-mnist'),
  id: 'toys',
  homepage: 'https://toys.example',
  files: Object.entries(contents).map(([name, content]) => ({
    name,
    url: `${base}/${name}`,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  })),
  debian: { package: 'dataset-toys', folder: 'usr/share/toys' },
})

const packed = { 'images.gz': gzipSync(contents['images.gz']), 'labels.gz': gzipSync(contents['labels.gz']) }

/** Delivers these files. */
const delivering = (files: Readonly<Record<string, Uint8Array>>, name = 'the shelf'): Origin => ({
  name: () => name,
  fetch: async ({ files: wanted, folder, received }) => {
    for (const file of wanted) {
      await writeFile(join(folder, file.name), files[file.name] ?? '')
      received(1)
    }
  },
})

const failing: Origin = { name: () => 'the moon', fetch: () => Promise.reject(new Error('too far')) }

test('brings the files, checked, and leaves nothing else', async () => {
  const folder = join(await temporaryFolder(), 'new', 'toys')
  const progress: Progress[] = []
  const result = await fetchFrom([delivering(packed)], toys(), folder, { onProgress: step => progress.push(step) })
  expect(result).toMatchObject({ directory: folder, origin: 'the shelf' })
  expect((await readdir(folder)).sort()).toEqual(['images.gz', 'labels.gz'])
  expect(await readFile(join(folder, 'images.gz'))).toEqual(packed['images.gz'])
  expect(progress.map(({ done }) => done)).toEqual([1, 2])
})

test('keeps what is there and right, whatever its gzip header, and fetches only the rest', async () => {
  const folder = await temporaryFolder()
  const otherwise = gzipSync(contents['images.gz'], { level: 1 })
  expect(otherwise).not.toEqual(packed['images.gz'])
  await writeFiles(folder, { 'images.gz': otherwise })
  await fetchFrom([delivering({ 'labels.gz': packed['labels.gz'] })], toys(), folder, {})
  expect(await readFile(join(folder, 'images.gz'))).toEqual(otherwise)
  // Now all are there: no origin is asked.
  expect(await fetchFrom([], toys(), folder, {})).toMatchObject({ origin: undefined })
})

test.each<[string, Uint8Array, RegExp]>([
  ['cut off', packed['images.gz'].subarray(0, 20), /cannot be read/],
  ['shorter', gzipSync('images'), /holds 6 bytes, not 600/],
  ['a bomb', gzipSync(Buffer.alloc(5e6)), /holds more than 600 bytes/],
  ['of other content', gzipSync('IMAGES'.repeat(100)), /another checksum/],
])('replaces a file that is %s, and says so', async (_, content, reason) => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { ...packed, 'images.gz': content })
  const notes: string[] = []
  await fetchFrom([delivering(packed)], toys(), folder, { note: message => notes.push(message) })
  expect(notes[0]).toMatch(reason)
  expect(await readFile(join(folder, 'images.gz'))).toEqual(packed['images.gz'])
})

test('goes on to the next place, and says so, when one fails or delivers something else', async () => {
  const wrong = delivering({ ...packed, 'labels.gz': gzipSync('LABELS') }, 'the cellar')
  const notes: string[] = []
  const result = await fetchFrom([failing, wrong, delivering(packed)], toys(), await temporaryFolder(), {
    note: message => notes.push(message),
  })
  expect(result.origin).toBe('the shelf')
  expect(notes).toEqual([
    'Fetching toys from the moon.',
    'That failed: too far.',
    'Fetching toys from the cellar.',
    'That failed: labels.gz as delivered has another checksum than the one pinned.',
    'Fetching toys from the shelf.',
  ])
})

test('when all fail, says what was tried and what to do by hand, and leaves nothing half-written', async () => {
  const folder = await temporaryFolder()
  const wrong = delivering({ ...packed, 'labels.gz': gzipSync('LABELS') }, 'the cellar')
  const { code, message, hint } = (await failureOf(fetchFrom([failing, wrong], toys(), folder, {}))) ?? {}
  expect(code).toBe('DATA_FETCH')
  expect(message).toMatch(/the moon: too far\n.*the cellar: labels\.gz as delivered/)
  expect(hint).toContain(`into ${folder} by hand:\n  http://localhost:1/images.gz`)
  expect(await readdir(folder)).toEqual([])
})

test('an abort ends it with its reason, and leaves nothing', async () => {
  const folder = await temporaryFolder()
  const controller = new AbortController()
  const slow: Origin = { name: () => 'the sea', fetch: async () => controller.abort(new Error('enough')) }
  await expect(fetchFrom([slow, delivering(packed)], toys(), folder, { signal: controller.signal })).rejects.toThrow(
    'enough',
  )
  expect(await readdir(folder)).toEqual([])
})

test('a target that is a file is refused', async () => {
  const folder = await temporaryFolder()
  await writeFiles(folder, { file: '' })
  expect(await failureOf(fetchFrom([failing], toys(), join(folder, 'file'), {}))).toMatchObject({ code: 'DATA_FETCH' })
})

test('an unknown data set is refused, with those there are', async () => {
  expect(() => fetchDataset('imagenet', '/nowhere')).toThrow(
    expect.objectContaining({ code: 'DATA_DATASET', hint: expect.stringContaining('fashion-mnist') }),
  )
})

async function serve(answers: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const body = answers[url.slice(1)]
    response.writeHead(body ? 200 : 404).end(body)
  })
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('the official files come over HTTP', async () => {
  const folder = await temporaryFolder()
  const progress: Progress[] = []
  const { origin } = await fetchFrom([officialOrigin], toys(await serve(packed)), folder, {
    onProgress: step => progress.push(step),
  })
  expect(origin).toBe('https://toys.example')
  expect(progress.at(-1)?.done).toBe(packed['images.gz'].length + packed['labels.gz'].length)
})

test.each<[string, () => Promise<string>, RegExp]>([
  ['a missing file', () => serve({ 'images.gz': packed['images.gz'] }), /labels\.gz answers 404/],
  ['a file that does not end', () => serve({ 'images.gz': Buffer.alloc(100_000) }), /larger than the file expected/],
  ['nobody who listens', async () => 'http://127.0.0.1:1', /images\.gz cannot be reached \(.+\)/],
])('the official origin reports %s', async (_, base, message) => {
  const fetching = fetchFrom([officialOrigin], toys(await base()), await temporaryFolder(), {})
  expect(await failureOf(fetching)).toMatchObject({ code: 'DATA_FETCH', message: expect.stringMatching(message) })
})

/** apt and dpkg, played: with or without package lists on the system. */
function player(hasLists: boolean) {
  const commands: string[] = []
  const run: Run = async (program, args, cwd) => {
    const isPrivate = args.some(argument => argument.startsWith('Dir::State='))
    const action = args.find(argument => argument === 'update' || argument === 'download' || argument === '-x')
    commands.push(`${program} ${action}${isPrivate ? ' (own lists)' : ''}`)
    if (action === 'download' && !hasLists && !isPrivate) throw new Error('E: Unable to locate package dataset-toys')
    if (action === 'download') await writeFiles(cwd, { 'dataset-toys_1_all.deb': '' })
    if (action === '-x') await writeFiles(join(cwd, 'content/usr/share/toys'), packed)
  }
  return { commands, run }
}

test.each([
  [true, ['apt-get download', 'dpkg -x']],
  [false, ['apt-get download', 'apt-get update (own lists)', 'apt-get download (own lists)', 'dpkg -x']],
])("Debian's package is downloaded and unpacked; package lists on the system: %s", async (hasLists, expected) => {
  const folder = await temporaryFolder()
  const { commands, run } = player(hasLists)
  const { origin } = await fetchFrom([debianOrigin(run)], toys(), folder, {})
  expect(origin).toBe("Debian's package dataset-toys")
  expect(commands).toEqual(expected)
  expect((await readdir(folder)).sort()).toEqual(['images.gz', 'labels.gz'])
})

test('a system without apt says so', async () => {
  const run: Run = async () => Promise.reject(Object.assign(new Error('spawn apt-get ENOENT'), { code: 'ENOENT' }))
  expect(await failureOf(fetchFrom([debianOrigin(run)], toys(), await temporaryFolder(), {}))).toMatchObject({
    message: expect.stringMatching(/this system has no apt-get/),
  })
})

test('every data set of the registry is complete', () => {
  expect(datasetNames).toEqual(Object.values(datasets).map(({ id }) => id))
  for (const { files, splits, classNames, licence } of Object.values(datasets)) {
    const names = files.map(({ name }) => name)
    for (const split of Object.values(splits)) {
      if (split.kind !== 'idx') continue
      expect(names).toContain(split.images)
      expect(names).toContain(split.labels)
      expect(split.classes).toEqual(classNames)
    }
    for (const { url, sha256 } of files)
      expect([url, sha256]).toEqual([expect.stringMatching(/^https:/), expect.stringMatching(/^[0-9a-f]{64}$/)])
    expect(licence).not.toBe('')
  }
})
