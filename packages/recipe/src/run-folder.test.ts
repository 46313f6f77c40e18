import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder, saveModel, tensorOf } from '@pare/core-graph'
import { readModel, writeModel } from '@pare/runtime'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from './events.ts'
import { checkUnchanged, fingerprintOf } from './fingerprint.ts'
import { checkRecipe } from './read-recipe.ts'
import { openRunFolder } from './run-folder.ts'
import type { RecipeInput } from './schema.ts'
import { strategyRegistry } from './strategies.ts'

let root = ''
let path = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pare-folder-'))
  path = join(root, 'run')
})
afterEach(() => rm(root, { recursive: true }))

const fingerprint = { recipe: { seed: 0 }, files: { 'model.onnx': 'abc' }, plugins: {} }
const open = (resume: boolean, changes: { readonly recipe?: unknown; readonly files?: Record<string, string> } = {}) =>
  openRunFolder({ path, recipe: 'seed: 0\n', fingerprint: { ...fingerprint, ...changes }, resume })

const event: RunEvent = { time: '2026-01-01T00:00:00.000Z', type: 'step-start', step: 'measure-float' }

describe('a run is resumed', () => {
  test('from nothing but its folder, and from each of its first files', async () => {
    const beginnings: Record<string, string>[] = [{}, { lock: '' }, { lock: '', 'holder.json': '{' }]
    for (const files of [...beginnings, { lock: '', 'recipe.yaml': 'seed: 0\n' }]) {
      await mkdir(path)
      for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
      await using folder = await open(true)
      expect(folder.resumed).toBe(false)
      expect(JSON.parse(await readFile(join(path, 'run.json'), 'utf8'))).toEqual(fingerprint)
      await rm(path, { recursive: true })
    }
  })

  test('with a log whose torn lines are taken out', async () => {
    const line = `${JSON.stringify(event)}\n`
    for (const torn of ['{"time":"20', '{"time":"20\n', '\0\0\0\0', '{"time":{"time":"2026"}\n']) {
      await (await open(false))[Symbol.asyncDispose]()
      await writeFile(join(path, 'events.jsonl'), line + torn)
      await using folder = await open(true)
      expect(await readFile(join(path, 'events.jsonl'), 'utf8')).toBe(line)
      folder.log(event)
      expect(await readFile(join(path, 'events.jsonl'), 'utf8')).toBe(line + line)
      await rm(path, { recursive: true })
    }
  })

  test('not when the recipe or a file changed, and it is said what', async () => {
    await (await open(false))[Symbol.asyncDispose]()
    await (await open(true))[Symbol.asyncDispose]()
    for (const [changes, says] of [
      [{ recipe: { seed: 1 } }, 'seed of the recipe'],
      [{ files: { 'model.onnx': 'abd' } }, 'model.onnx'],
      [{ recipe: {}, files: {} }, 'seed of the recipe, model.onnx'],
    ] as const) {
      await expect(open(true, changes)).rejects.toMatchObject({
        code: 'RUN_CHANGED',
        message: `Since the run in ${path} was started, these have changed: ${says}.`,
      })
    }
  })

  test('not from a damaged run.json, nor from a folder of other things, which is left as it is', async () => {
    await (await open(false))[Symbol.asyncDispose]()
    for (const text of ['{', '[]']) {
      await writeFile(join(path, 'run.json'), text)
      await expect(open(true)).rejects.toMatchObject({ code: 'RUN_FOLDER', message: /run\.json is damaged/ })
    }
    path = join(root, 'mine')
    await mkdir(path)
    await writeFile(join(path, 'recipe.yaml'), 'mine')
    await expect(open(true)).rejects.toMatchObject({ code: 'RUN_NOTHING_TO_RESUME' })
    await expect(open(false)).rejects.toMatchObject({ code: 'RUN_FOLDER_IN_USE' })
    expect(await readdir(path)).toEqual(['recipe.yaml'])
  })
})

test('a new run does not take the folder of one that has begun', async () => {
  await (await open(false))[Symbol.asyncDispose]()
  await expect(open(false)).rejects.toMatchObject({ code: 'RUN_FOLDER_IN_USE' })
})

describe('the fingerprint of a run tells', () => {
  const declared: RecipeInput = {
    model: 'model.onnx',
    data: {
      validation: { kind: 'idx', images: 'images', labels: 'labels' },
      calibration: { kind: 'image-folder', path: 'photos' },
      train: { kind: 'parquet', path: 'train-*.parquet' },
    },
    stages: [{ name: 'int8', use: ['quant.static'] }],
  }

  /** What has changed after something was done. */
  async function changedBy(change: (recipe: RecipeInput) => Promise<RecipeInput | undefined>): Promise<string> {
    const take = async (recipe: RecipeInput) =>
      fingerprintOf(checkRecipe(recipe, strategyRegistry()), await readModel(join(root, 'model.onnx')), {
        baseDirectory: root,
      })
    const before = JSON.parse(JSON.stringify(await take(declared)))
    const now = await take((await change(declared)) ?? declared)
    try {
      checkUnchanged('run', before, now)
      return ''
    } catch (error) {
      return String(error).replace(/.*have changed: /, '')
    }
  }

  beforeEach(async () => {
    const b = createBuilder('net')
    const x = b.input('x', 'float32', [2, 2])
    b.output(b.MatMul(x, b.initializer('w', tensorOf('float32', [2, 2], Float32Array.of(1, 2, 3, 4)))))
    const { model, externalData } = saveModel(b.build(), { external: { location: 'weights.data', threshold: 0 } })
    await writeFile(join(root, 'model.onnx'), model)
    await writeFile(join(root, 'weights.data'), Buffer.concat(externalData))
    await mkdir(join(root, 'photos', 'cats'), { recursive: true })
    for (const name of ['images', 'labels', 'photos/cats/1.png', 'train-0.parquet', 'test-0.parquet'])
      await writeFile(join(root, name), name)
  })

  test.each([
    ['nothing, where nothing changed', async () => undefined, ''],
    ['a key of the recipe', async (recipe: RecipeInput) => ({ ...recipe, seed: 3 }), 'seed of the recipe.'],
    [
      'a key deep in it',
      async (recipe: RecipeInput) => ({
        ...recipe,
        stages: [{ name: 'int8', use: [{ 'quant.static': { samples: 7 } }] }],
      }),
      'stages.0.use.0.quant.static.samples of the recipe.',
    ],
    ['a file of data', () => writeFile(join(root, 'labels'), 'LABELS').then(() => undefined), 'labels.'],
    ['a file of data that is gone', () => rm(join(root, 'images')).then(() => undefined), 'images.'],
    [
      'a file in a folder of data',
      () => writeFile(join(root, 'photos/cats/2.png'), '').then(() => undefined),
      'photos.',
    ],
    [
      'a file that fits a pattern',
      () => writeFile(join(root, 'train-0.parquet'), 'other').then(() => undefined),
      'train-0.parquet.',
    ],
    [
      'a new file that fits a pattern, and none that does not',
      async () => {
        for (const name of ['train-1.parquet', 'test-0.parquet']) await writeFile(join(root, name), 'new')
        return undefined
      },
      'train-1.parquet.',
    ],
    ['a newer one', () => utimes(join(root, 'photos/cats/1.png'), 0, 0).then(() => undefined), 'photos.'],
    [
      "the model's data",
      () => writeFile(join(root, 'weights.data'), Buffer.alloc(16)).then(() => undefined),
      'weights.data.',
    ],
    [
      'the model',
      async () => {
        const b = createBuilder('other')
        b.output(b.Relu(b.input('x', 'float32', [2])))
        await writeModel(join(root, 'model.onnx'), b.build())
        return undefined
      },
      'model.onnx, weights.data.',
    ],
  ])('%s', async (_, change, says) => {
    expect(await changedBy(change)).toBe(says)
  })
})
