import { readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Graph } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { Compressor, type Recipe, type RecipeInput, readPreprocess } from '@pare/recipe'
import { readModel, writeModel } from '@pare/runtime'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectWhole, quantizedLayers } from './testing/judge.ts'

const recipes = new URL('../../../recipes/imagenet/', import.meta.url).pathname
const names = readdirSync(recipes).filter(name => name.endsWith('.yaml') && name !== 'preprocess.yaml')

let folder = ''
let student: Graph
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pare-imagenet-'))
  // A quarter of the recipes' width: the steps are those of the whole one.
  student = createModel('mobilenet-v1', { width: 0.25 })
  await writeModel(join(folder, 'mobilenet-v1.onnx'), student)
  await writeModel(join(folder, 'resnet-50.onnx'), createModel('resnet', { depth: 50 }))
  for (const [place, name] of ['n01440764', 'n01443537', 'n02105855', 'n03187595'].entries()) {
    const path = join(folder, 'data', 'train', name)
    await mkdir(path, { recursive: true })
    const picture = { width: 300 - 20 * place, height: 240 + 30 * place, channels: 3 as const }
    for (let image = 1; image <= 2; image++)
      await sharp({ create: { ...picture, background: { r: 60 * place, g: 200 - 40 * place, b: 90 * image } } })
        .jpeg()
        .toFile(join(path, `${name}_${image}.JPEG`))
  }
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

/** The recipe for half of eight images to train on, by two steps of two, and half to choose by. */
function shortened({ data, stages, ...recipe }: Recipe): RecipeInput {
  const halved = (declared: Recipe['data']['train']) => {
    if (declared?.kind !== 'image-folder') return expect.fail()
    return { ...declared, split: { seed: 1, part: 'train' as const, ...declared.split, fraction: 0.5 } }
  }
  return {
    ...recipe,
    data: { ...data, train: halved(data.train), validation: halved(data.validation) },
    stages: stages.map(({ train, ...stage }) => ({
      ...stage,
      ...(train && { train: { ...train, epochs: 1, batchSize: 2, accumulate: 1, schedule: {} } }),
    })),
    runtime: { threads: 1 },
  }
}

test('the recipes preprocess images alike, and as preprocess.yaml says', async () => {
  const preprocess = await readPreprocess(join(recipes, 'preprocess.yaml'))
  for (const name of names)
    expect({ name, ...(await Compressor.open(join(recipes, name))).recipe.data.preprocess }).toEqual({
      name,
      ...preprocess,
    })
})

test.each(names)(
  '%s trains two steps in each of its stages at 224×224',
  async name => {
    const { recipe } = await Compressor.open(join(recipes, name))
    // What untrained models make of plain colours tells nothing: the result is not measured.
    const compressor = await Compressor.open(shortened(recipe), {
      baseDirectory: folder,
      evaluate: async () => ({ top1: 0 }),
    })
    const output = join(folder, 'runs', name)
    const ending = new AbortController()
    const losses: number[] = []
    let steps = 0
    let last = ''
    const run = compressor.run({
      output,
      signal: ending.signal,
      listener: event => {
        if (event.type === 'progress' && event.progress.unit === 'steps') steps++
        if (event.type === 'epoch') losses.push(event.result.loss)
        if (event.type === 'step-start' && event.step === 'measure-result') ending.abort()
        if (event.type === 'step-end') last = event.step
      },
    })
    await expect(run).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    const { length } = recipe.stages
    expect(steps).toBe(2 * length)
    expect(losses.map(Number.isFinite)).toEqual(recipe.stages.map(() => true))
    const made = await readModel(join(output, 'steps', `${last}.onnx`))
    await expectWhole(made, student)
    expect(quantizedLayers(made).length > 0).toBe(name.includes('int8') || name === 'everything.yaml')
  },
  120_000,
)
