import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunError } from '@pare/core-graph'
import { Compressor } from '@pare/recipe'
import { writeModel } from '@pare/runtime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FileOperation, interceptFiles } from './testing/intercept-files.ts'
import { runOutcome } from './testing/run-outcome.ts'
import { quantizeForAnySize, smallModel, smallRecipes, smallSamples } from './testing/small-recipes.ts'

let root = ''
beforeAll(async () => {
  // In memory where that can be had: the runs below wait for the disk some thousand times.
  root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pare-resume-'))
  await writeModel(join(root, 'model.onnx'), smallModel('8×8'))
})
afterAll(() => rm(root, { recursive: true }))

let folders = 0
const newFolder = () => join(root, `run-${folders++}`)

/** Runs one of the small recipes in a folder; each operation on its files is told before. */
async function runner(recipe: keyof typeof smallRecipes) {
  const data = await smallSamples(64)
  const compressor = await Compressor.open(smallRecipes[recipe], {
    baseDirectory: root,
    strategies: [quantizeForAnySize],
    data: { train: data, validation: data, calibration: data },
  })
  return async (output: string, resume: boolean, before: (operation: FileOperation) => void = () => undefined) => {
    using _intercepted = interceptFiles(output, before)
    await compressor.run({ output, resume })
    return runOutcome(output)
  }
}

/** A folder's state as far as a resume can see it: times, ids and the text of whole events make no difference. */
function stateOf(folder: string): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name)
    const isFile = statSync(path).isFile()
    hash.update(`\n${name.replace(/[0-9a-f-]{36}/, 'id')} ${isFile} `)
    if (isFile) hash.update(contentOf(name, readFileSync(path, 'latin1')))
  }
  return hash.digest('hex')
}

function contentOf(name: string, text: string): string {
  if (name === 'events.jsonl') return text === '' || text.endsWith('}\n') ? 'whole' : 'torn'
  return name.includes('result.json') || name.includes('holder.json') ? `${text.length > 0}` : text
}

test('whatever operation a run dies at, and its resumes die at, the last resume ends in the same files', async () => {
  const run = await runner('train and quantize')
  const seen = new Set<string>()
  const waiting: string[] = []
  const keep = (folder: string) => {
    if (!existsSync(folder)) return
    const state = stateOf(folder)
    if (seen.has(state)) return
    seen.add(state)
    const copy = newFolder()
    cpSync(folder, copy, { recursive: true })
    waiting.push(copy)
  }
  const first = newFolder()
  const whole = await run(first, false, () => keep(first))
  expect(Object.keys(whole)).toEqual([
    'lock',
    'model.onnx',
    'recipe.yaml',
    'result.json',
    'run.json',
    'steps/1-train.checkpoints/0002-000000',
    'steps/1-train.json',
    'steps/1-train.onnx',
    'steps/2-int8.json',
    'steps/2-int8.onnx',
    'steps/measure-float.json',
    'steps/measure-result.json',
  ])
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const current = folder
    expect(await run(current, true, () => keep(current))).toEqual(whole)
    await rm(current, { recursive: true })
  }
  // Every state that a folder can be left in, by any number of deaths; a new file or write adds some.
  expect(seen.size).toBeGreaterThan(150)
}, 240_000)

interface SystemFailure {
  readonly code: string
  readonly fails: ReadonlySet<FileOperation['name']>
  readonly says: string
  readonly hint: RegExp
}

const failures: readonly SystemFailure[] = [
  {
    code: 'ENOSPC',
    fails: new Set(['open', 'write', 'sync', 'rename', 'make folder']),
    says: 'the disk is full',
    hint: /^Make room on the disk/,
  },
  {
    code: 'EROFS',
    fails: new Set(['open', 'write', 'sync', 'rename', 'make folder', 'remove']),
    says: 'the file system is read-only',
    hint: /may write there/,
  },
]

/** The recipes that it happens to: all their operations, or those on checkpoints. */
const stopped: readonly { readonly recipe: keyof typeof smallRecipes; readonly of: string; readonly states: number }[] =
  [
    { recipe: 'quantize', of: '', states: 15 },
    { recipe: 'train and quantize', of: '.checkpoints', states: 5 },
  ]

test.each(failures.flatMap(failure => stopped.map(run => ({ ...failure, ...run }))))(
  '$code from any operation on, $recipe: a clear error, and a folder that is resumed to the same files',
  async ({ code, fails, says, hint, recipe, of, states }) => {
    const run = await runner(recipe)
    const operations: FileOperation[] = []
    const whole = await run(newFolder(), false, operation => operations.push(operation))
    // The last one lets go of the folder: by then all is there.
    expect(operations.pop()).toMatchObject({ name: 'remove', path: expect.stringContaining('holder.json') })
    const resumed = new Set<string>()
    for (let last = 0; last < operations.length; last++) {
      if (!operations[last]?.path.includes(of)) continue
      const folder = newFolder()
      let operation = 0
      const failing = ({ name, path }: FileOperation) => {
        if (operation++ < last || !fails.has(name)) return
        throw Object.assign(new Error(`${code}: injected, ${name} '${path}'`), { code })
      }
      const error: unknown = await run(folder, false, failing).catch(thrown => thrown)
      if (!(error instanceof RunError)) throw new Error(`operation ${last}: ${error}`)
      expect(error.code).toMatch(/^RUN_(WRITE|FOLDER)$/)
      expect(error.message).toContain(folder)
      expect(error.message).toContain(says)
      expect(error.hint).toMatch(hint)
      if (!existsSync(folder) || resumed.has(stateOf(folder))) continue
      resumed.add(stateOf(folder))
      expect(await run(folder, true)).toEqual(whole)
    }
    expect(resumed.size).toBeGreaterThan(states)
  },
  240_000,
)
