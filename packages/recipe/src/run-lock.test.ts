import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockFolder } from './run-lock.ts'

let root = ''
let children: ChildProcess[] = []
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pare-lock-'))
})
afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child)
  children = []
  await rm(root, { recursive: true })
})

const makeFolders = (count: number) => Promise.all(Array.from({ length: count }, () => mkdtemp(join(root, 'run-'))))

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** A process that locks what it can of some folders, and what it said once it had tried them all. */
async function contend(folders: readonly string[], first: number): Promise<{ child: ChildProcess; said: string[] }> {
  const file = fileURLToPath(new URL('./testing/lock-contender.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@pare/source', file, String(first), ...folders])
  children.push(child)
  let [out, err] = ['', '']
  child.stderr.on('data', text => {
    err += text
  })
  for await (const text of child.stdout) {
    out += text
    if (out.split('\n').length > folders.length) return { child, said: out.trim().split('\n') }
  }
  throw new Error(err)
}

test('whoever comes second is told who has the folder, in this process and from another', async () => {
  const [folder = ''] = await makeFolders(1)
  await using _held = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({
    code: 'RUN_LOCKED',
    message: expect.stringContaining(`process ${process.pid} on ${hostname()}, since 20`),
    hint: expect.stringContaining('--output'),
  })
  expect((await contend([folder], 0)).said).toEqual([`refused ${folder}`])
})

test('a folder that was let go of is free, and only the empty lock file stays', async () => {
  const [folder = ''] = await makeFolders(1)
  for (let time = 0; time < 2; time++) {
    await using _held = await lockFolder(folder)
    expect((await readdir(folder)).sort()).toEqual(['holder.json', 'lock'])
  }
  expect(await readdir(folder)).toEqual(['lock'])
  expect(await readFile(join(folder, 'lock'))).toHaveLength(0)
})

test('a process that is killed leaves its folder free at once, however often another is refused before', async () => {
  const [folder = ''] = await makeFolders(1)
  const { child } = await contend([folder], 0)
  for (let time = 0; time < 3; time++)
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringContaining(`process ${child.pid} `),
    })
  await kill(child)
  await using _held = await lockFolder(folder)
  expect(JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8'))).toMatchObject({ process: process.pid })
})

test('a holder of old with the process id of one that lives now keeps nobody out', async () => {
  const [folder = ''] = await makeFolders(1)
  const stale = { process: process.pid, host: hostname(), since: '2020-01-01T00:00:00.000Z' }
  await writeFile(join(folder, 'holder.json'), JSON.stringify(stale))
  await writeFile(join(folder, 'lock'), '')
  await using _held = await lockFolder(folder)
})

test('of processes that take over left locks at the same moment, exactly one has each', async () => {
  const folders = await makeFolders(20)
  await kill((await contend(folders, 0)).child)
  const contenders = await Promise.all([1, 2, 3].map(() => contend(folders, Date.now() + 3000)))
  const said = contenders.flatMap(contender => contender.said)
  for (const folder of folders) {
    expect(said.filter(line => line === `has ${folder}`)).toHaveLength(1)
    expect(said.filter(line => line === `refused ${folder}`)).toHaveLength(2)
  }
})

test('what a killed process left half-written is swept when the next one has the lock, and nothing else', async () => {
  const [folder = ''] = await makeFolders(1)
  await writeFile(join(folder, '.model.onnx.0f8fad5b-d9cb-469f-a165-70867728950e.tmp'), 'half')
  for (const name of ['.hidden.tmp', 'notes.tmp', 'lock']) await writeFile(join(folder, name), '')
  await using _held = await lockFolder(folder)
  expect((await readdir(folder)).sort()).toEqual(['.hidden.tmp', 'holder.json', 'lock', 'notes.tmp'])
})

test('a folder that cannot be written to cannot be locked, which is said', async () => {
  await expect(lockFolder(join(root, 'none'))).rejects.toMatchObject({
    code: 'RUN_FOLDER',
    message: expect.stringContaining(join(root, 'none')),
  })
})
