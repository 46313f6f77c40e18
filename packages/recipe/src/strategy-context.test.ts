import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Strategy } from '@pare/core-graph'
import { writeModel } from '@pare/runtime'
import { expect, test } from 'vitest'
import { Compressor, type CompressorOptions } from './compressor.ts'
import type { RecipeInput } from './schema.ts'
import { asking, folderWithModel, samples, smallModel, unlabelled } from './testing/small-runs.ts'

const folder = folderWithModel()

const open = (strategy: Strategy, data: CompressorOptions['data'], changes: Partial<RecipeInput> = {}) =>
  Compressor.open(
    { model: 'model.onnx', data: {}, stages: [{ name: 'asks', use: ['test.asks'] }], ...changes },
    { baseDirectory: folder(), strategies: [strategy], ...(data && { data }) },
  )

test('a strategy gets what it needs, and nothing else', async () => {
  const [train, validation] = [await samples(32), await samples(16)]
  let metrics: Readonly<Record<string, number>> = {}
  let milliseconds = 0
  const strategy = asking(['train', 'evaluate', 'latency'], async (context, graph) => {
    expect(context.train).toBe(train)
    expect(context).not.toHaveProperty('validation')
    expect(context).not.toHaveProperty('calibration')
    expect(context).not.toHaveProperty('round')
    metrics = (await context.evaluate?.(graph)) ?? {}
    milliseconds = (await context.latency?.(graph)) ?? 0
    return undefined
  })
  const { notes } = await (await open(strategy, { train, validation })).run({ output: join(folder(), 'run') })
  expect(metrics).toMatchObject({ top1: expect.any(Number) })
  expect(milliseconds).toBeGreaterThan(0)
  expect(notes).toEqual([])
})

test('without labels candidates are measured by how faithful they are, which is said', async () => {
  let metrics: Readonly<Record<string, number>> = {}
  const strategy = asking(['evaluate'], async ({ evaluate }, graph) => {
    metrics = (await evaluate?.(graph)) ?? {}
    return undefined
  })
  const validation = unlabelled(await samples(16))
  const { notes } = await (await open(strategy, { validation })).run({ output: join(folder(), 'run') })
  expect(metrics).toMatchObject({ agreement: 1, cosine: expect.closeTo(1, 5) })
  expect(notes.join()).toContain('1-asks: test.asks measures how faithful models are')
})

test('without labels, a recipe with a teacher measures how faithful candidates are to that', async () => {
  await writeModel(join(folder(), 'teacher.onnx'), smallModel(2))
  const agreements: (number | undefined)[] = []
  const strategy = asking(['evaluate'], async ({ evaluate }) => {
    for (const seed of [1, 2]) agreements.push((await evaluate?.(smallModel(seed)))?.cosine)
    return undefined
  })
  const validation = unlabelled(await samples(16))
  const { notes } = await (await open(strategy, { validation }, { teacher: 'teacher.onnx' })).run({
    output: join(folder(), 'run'),
  })
  expect(agreements[0]).toBeLessThan(0.99)
  expect(agreements[1]).toBeCloseTo(1, 5)
  expect(notes.join()).toContain('1-asks: test.asks measures how faithful models are to the teacher')
})

test.each([
  [true, true],
  [false, false],
])('samples that a stage changes at random (augment: %s) are told to be so', async (augment, told) => {
  const train = { ...(await samples(32)), augments: true }
  let seen: boolean | undefined
  const strategy = asking(['train'], async context => {
    seen = context.train?.augments
    return undefined
  })
  const stages = [{ name: 'asks', use: ['test.asks'], train: { epochs: 1, batchSize: 16, augment } }]
  await (await open(strategy, { train, validation: train }, { stages })).run({ output: join(folder(), 'run') })
  expect(seen).toBe(told)
})

test.each([
  ['train', 'RECIPE_DATA', 'test.asks needs samples, and the recipe has no data.train.'],
  ['evaluate', 'RECIPE_DATA', 'test.asks needs samples, and the recipe has no data.validation.'],
  ['teacher', 'RECIPE_TEACHER', 'test.asks learns from a teacher, and the recipe names none.'],
] as const)('%s that is missing is told by a check', async (need, code, message) => {
  const compressor = await open(
    asking([need], async () => undefined),
    {},
  )
  await expect(compressor.check()).rejects.toMatchObject({ code, message })
})

test('training data that does not do is told by a check, before anything is measured', async () => {
  const train = (options: object, data: CompressorOptions['data']) =>
    open(
      asking([], async () => undefined),
      data,
      { stages: [{ name: 'train', train: { batchSize: 8, ...options } }] },
    )
  const [few, validation] = [await samples(4), await samples(16)]
  await expect((await train({}, { train: few, validation })).check()).rejects.toMatchObject({
    code: 'DATA_SIZE',
    message: '4 training samples do not fill a batch of 8.',
  })
  const blind = unlabelled(await samples(16))
  await expect((await train({}, { train: blind, validation })).check()).rejects.toMatchObject({ code: 'DATA_LABELS' })
  const loss = [{ loss: 'mean-squared-error' as const, output: 'logits', target: 'logits' }]
  await (await train({ loss }, { train: blind, validation })).check()
})

test('files lie where the paths of the recipe start; artifacts are found again by a run that is resumed', async () => {
  let tries = 0
  const strategy = asking([], async ({ files, artifacts }) => {
    const measured = await artifacts?.read('measured.json')
    await files?.write('shared/sensitivities.json', '{}')
    await artifacts?.write('measured.json', '[1]')
    if (tries++ === 0) throw new Error('first try')
    return { details: { measured } }
  })
  const compressor = await open(strategy, {})
  const output = join(folder(), 'run')
  await expect(compressor.run({ output })).rejects.toThrow('first try')
  const { stages } = await compressor.run({ output, resume: true })
  expect(stages[0]?.details[0]?.details).toEqual({ measured: '[1]' })
  expect(await readFile(join(output, 'steps', '1-asks.files', 'measured.json'), 'utf8')).toBe('[1]')
  expect(existsSync(join(folder(), 'shared', 'sensitivities.json'))).toBe(true)
})

test('a plan writes nothing, strategies that write included', async () => {
  const data = await samples(16)
  const strategy = asking([], async ({ files, artifacts }) => {
    await files?.write('shared.json', '{}')
    expect(artifacts).toBeUndefined()
    expect(await files?.read('shared.json')).toBe('{}')
    return undefined
  })
  const stages = [{ name: 'both', use: ['test.asks'], train: { batchSize: 8 }, rounds: 3 }]
  const [plan] = await (await open(strategy, { train: data, validation: data }, { stages })).plan()
  expect(plan).toMatchObject({ rounds: 3 })
  expect(existsSync(join(folder(), 'shared.json'))).toBe(false)
})
