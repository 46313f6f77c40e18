import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runOutcome } from './testing/run-outcome.ts'
import { type Run, startRun, writeRecipes } from './testing/run-process.ts'

let root = ''
let recipe = ''
let whole: Record<string, string> = {}
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pare-refused-'))
  recipe = (await writeRecipes(root))[1] ?? ''
  const folder = join(root, 'whole')
  await ends(startRun(recipe, folder), 0)
  whole = runOutcome(folder)
}, 180_000)
afterAll(() => rm(root, { recursive: true }))

async function ends(run: Run, code: number): Promise<string> {
  const ended = await run.ended
  expect(ended, ended.err).toMatchObject({ code })
  return ended.err
}

test.skipIf(process.platform === 'win32')(
  'a limit on the size of files ends a run with code 3, and without it the run is resumed to the same files',
  async () => {
    const folder = join(root, 'limited')
    // In blocks of 1024 bytes: the model is larger, the rest is not.
    const said = await ends(startRun(recipe, folder, { limit: 'ulimit -f 1' }), 3)
    expect(said).toMatch(/error RUN_WRITE: .*cannot be written: the file grows larger than the system lets it \(EFBIG/)
    expect(said).toContain('ulimit -f')
    await ends(startRun(recipe, folder, { resume: true }), 0)
    expect(runOutcome(folder)).toEqual(whole)
  },
  180_000,
)

test('a second run in a folder is refused with who has it; killed, it is resumed at once; with other data, it is not', async () => {
  const folder = join(root, 'shared')
  const first = startRun(recipe, folder)
  while (!existsSync(join(folder, 'run.json'))) await wait(5)
  first.child.kill('SIGSTOP')
  for (const resume of [false, true]) {
    const said = await ends(startRun(recipe, folder, { resume }), 3)
    expect(said).toContain(
      `error RUN_LOCKED: Another run is at work in ${folder}: process ${first.child.pid} on ${hostname()}`,
    )
  }
  first.child.kill('SIGKILL')
  await first.ended

  const images = readFileSync(join(root, 'images'))
  writeFileSync(
    join(root, 'images'),
    images.map((byte, place) => (place === 1000 ? byte ^ 1 : byte)),
  )
  expect(await ends(startRun(recipe, folder, { resume: true }), 3)).toContain('these have changed: images.')
  writeFileSync(join(root, 'images'), images)
  await ends(startRun(recipe, folder, { resume: true }), 0)
  expect(runOutcome(folder)).toEqual(whole)
}, 180_000)
