import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  createBuilder,
  createRandom,
  defineStrategy,
  randomNormal,
  type StatefulExecutor,
  simplify,
  tensorOf,
} from '@pare/core-graph'
import { openAsyncIterable } from '@pare/data'
import { createExecutor, readModel, writeModel } from '@pare/runtime'
import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Compressor, type CompressorOptions } from './compressor.ts'
import type { RunEvent } from './events.ts'
import { defaultRunFolder } from './run-folder.ts'
import type { RecipeInput } from './schema.ts'
import { folderWithModel, samples, unlabelled } from './testing/small-runs.ts'

let folder = ''
const current = folderWithModel()
beforeEach(() => {
  folder = current()
})

const recipe = (changes: Partial<RecipeInput> = {}): RecipeInput => ({
  model: 'model.onnx',
  data: {},
  stages: [{ name: 'int8', use: [{ 'quant.static': { samples: 32 } }] }],
  ...changes,
})

const open = async (input: RecipeInput, options: CompressorOptions = {}) => {
  const data = await samples(64)
  return Compressor.open(input, { baseDirectory: folder, data: { validation: data, calibration: data }, ...options })
}

test('a recipe goes in, a smaller model with its figures comes out, and the folder tells the story', async () => {
  const events: RunEvent[] = []
  const compressor = await open(recipe({ accept: { size: 0.7, accuracyDrop: 100 } }))
  const result = await compressor.run({ output: join(folder, 'run'), listener: event => events.push(event) })
  expect(result.verdict).toEqual({ accepted: true, reasons: [] })
  expect(result.after.bytes).toBeLessThan(0.7 * result.before.bytes)
  expect(result.after.macs).toBe(result.before.macs)
  expect(result.before.nodes.reduce((sum, node) => sum + node.macs, 0)).toBe(result.before.macs)
  expect(result.stages).toMatchObject([
    { name: 'int8', bytes: result.after.bytes, details: [{ part: 'quant.static', options: { samples: 32 } }] },
  ])
  expect(result.origin).toEqual({ name: 'recipe', file: undefined, baseDirectory: folder })
  expect(result.fidelity?.agreement).toBeGreaterThan(0.8)
  expect((await readModel(result.model)).nodes.some(node => node.op === 'QuantizeLinear')).toBe(true)
  expect(JSON.parse(await readFile(join(result.folder, 'result.json'), 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(result)),
  )
  const logged = (await readFile(join(result.folder, 'events.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(logged).toEqual(events.filter(event => event.type !== 'progress'))
  expect(logged.map(event => event.type)).toContain('run-end')
})

test('bounds that are not kept make it not accepted, with the reason', async () => {
  const compressor = await open(recipe({ accept: { size: 0.01 } }))
  const { verdict } = await compressor.run({ output: join(folder, 'run') })
  expect(verdict.accepted).toBe(false)
  expect(verdict.reasons[0]).toMatch(/^the size is 0\.\d+ of the float file; the bound is at most 0\.01$/)
})

test('the same recipe, files and seed give the same model, byte for byte', async () => {
  const bytes = []
  for (const name of ['a', 'b']) {
    const { model } = await (await open(recipe())).run({ output: join(folder, name) })
    bytes.push(await readFile(model))
  }
  expect(bytes[0]).toEqual(bytes[1])
})

/** Fails at its first call. */
const failsOnce = () => {
  let calls = 0
  return defineStrategy({
    id: 'test.fails-once',
    description: 'Fails at its first call',
    options: z.strictObject({}),
    needs: [],
    prepare: async graph => {
      if (calls++ === 0) throw new Error('first call')
      return { graph }
    },
  })
}

test('a run that failed goes on after its last finished step, to the same model', async () => {
  const input = recipe({
    stages: [
      { name: 'train', train: { epochs: 1, batchSize: 16 } },
      { name: 'fails', use: ['test.fails-once'] },
      { name: 'int8', use: ['quant.static'] },
    ],
  })
  const data = await samples(64)
  const compressor = await open(input, {
    strategies: [failsOnce()],
    data: { train: data, validation: data, calibration: data },
  })
  await expect(compressor.run({ output: join(folder, 'run') })).rejects.toThrow('first call')
  const events: RunEvent[] = []
  const resumed = await compressor.run({
    output: join(folder, 'run'),
    resume: true,
    listener: event => events.push(event),
  })
  expect(events.flatMap(event => (event.type === 'step-end' && event.resumed ? [event.step] : []))).toEqual([
    'measure-float',
    '1-train',
  ])
  const whole = await compressor.run({ output: join(folder, 'whole') })
  expect(await readFile(resumed.model)).toEqual(await readFile(whole.model))
})

test('of two runs that want one folder at the same time, one gets it; without a folder each gets its own', async () => {
  const compressor = await open(recipe())
  const outcomes = await Promise.allSettled([1, 2].map(() => compressor.run({ output: join(folder, 'run') })))
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'RUN_LOCKED' } })
  const base = join(folder, 'runs')
  expect((await Promise.all([1, 2, 3].map(() => defaultRunFolder(base, false)))).sort()).toEqual(
    ['1', '2', '3'].map(number => join(base, number)),
  )
  expect(await defaultRunFolder(base, true)).toBe(join(base, '3'))
})

test("the run's recipe.yaml is the recipe, and says where its paths start", async () => {
  const compressor = await open(recipe())
  const { folder: run } = await compressor.run({ output: join(folder, 'run') })
  expect((await Compressor.open(join(run, 'recipe.yaml'))).recipe).toEqual(compressor.recipe)
  expect(await readFile(join(run, 'recipe.yaml'), 'utf8')).toContain(`paths start at ${folder}\n`)
})

test('a cancelled run leaves a folder that can be resumed, and nothing half-written', async () => {
  const compressor = await open(recipe())
  const cancel = new AbortController()
  const running = compressor.run({
    output: join(folder, 'run'),
    signal: cancel.signal,
    listener: event => {
      if (event.type === 'step-start' && event.step === '1-int8') cancel.abort()
    },
  })
  await expect(running).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
  expect((await readdir(join(folder, 'run'), { recursive: true })).filter(name => name.endsWith('.tmp'))).toEqual([])
  expect(existsSync(join(folder, 'run', 'model.onnx'))).toBe(false)
  expect((await compressor.run({ output: join(folder, 'run'), resume: true })).verdict.accepted).toBe(true)
})

/** onnxruntime, and how many sessions and runs there were. `onRun` is told the session's number and the run's in it, from 1. */
function watched(onRun: (session: number, run: number) => void = () => undefined) {
  const executor = createExecutor({ threads: 1 })
  const counts = { sessions: 0, runs: 0, open: 0 }
  const watching: StatefulExecutor = {
    ...executor,
    open: async (graph, options) => {
      const session = await executor.open(graph, options)
      const number = ++counts.sessions
      let runs = 0
      counts.open++
      const dispose = async () => {
        counts.open--
        await session.dispose()
      }
      return {
        ...session,
        run: (feeds, fetches) => {
          counts.runs++
          onRun(number, ++runs)
          return session.run(feeds, fetches)
        },
        dispose,
        [Symbol.asyncDispose]: dispose,
      }
    },
  }
  return { executor: watching, counts }
}

test.each([0, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 1])(
  'a run that is cancelled after %d of its sessions ends with the batch under way, and frees them',
  async part => {
    const input = recipe({
      evaluate: { batchSize: 1 },
      stages: [{ name: 'int8', use: [{ 'quant.static': { batchSize: 1 } }] }],
    })
    const whole = watched()
    await (await open(input, { executor: whole.executor })).run({ output: join(folder, 'whole') })
    const cancel = new AbortController()
    const last = 1 + Math.floor(part * (whole.counts.sessions - 1))
    let runs = 0
    const { executor, counts } = watched((session, run) => {
      if (session !== last || run !== 2) return
      cancel.abort()
      runs = counts.runs
    })
    const compressor = await open(input, { executor })
    const running = compressor.run({ output: join(folder, 'run'), signal: cancel.signal })
    await expect(running).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    // The other model runs the same batch where two are compared.
    expect(counts.runs).toBeLessThanOrEqual(runs + 1)
    expect(counts.open).toBe(0)
  },
)

test('a folder with something in it is not written to', async () => {
  await writeFile(join(folder, 'mine.txt'), 'mine')
  const compressor = await open(recipe())
  await expect(compressor.run({ output: folder })).rejects.toMatchObject({ code: 'RUN_FOLDER_IN_USE' })
  await expect(compressor.run({ output: join(folder, 'none'), resume: true })).rejects.toMatchObject({
    code: 'RUN_NOTHING_TO_RESUME',
  })
  await expect(compressor.run({ output: join(folder, 'mine.txt') })).rejects.toMatchObject({ code: 'RUN_FOLDER' })
})

test('a changed recipe cannot resume another run', async () => {
  await (await open(recipe())).run({ output: join(folder, 'run') })
  const changed = await open(recipe({ seed: 1 }))
  await expect(changed.run({ output: join(folder, 'run'), resume: true })).rejects.toMatchObject({
    code: 'RUN_CHANGED',
  })
})

test("one's own evaluation stands in for the metrics", async () => {
  const compressor = await open(recipe(), { evaluate: async graph => ({ nodes: graph.nodes.length }) })
  const { before, after } = await compressor.run({ output: join(folder, 'run') })
  expect(after.metrics?.nodes).toBeGreaterThan(before.metrics?.nodes ?? Number.POSITIVE_INFINITY)
})

test('missing data is told with the key that is missing', async () => {
  const compressor = await Compressor.open(recipe(), { baseDirectory: folder })
  await expect(compressor.run({ output: join(folder, 'run') })).rejects.toMatchObject({
    code: 'RECIPE_DATA',
    message: 'quant.static needs samples, and the recipe has no data.calibration.',
  })
  await expect(compressor.check()).rejects.toMatchObject({ code: 'RECIPE_DATA' })
  expect(existsSync(join(folder, 'run'))).toBe(false)
})

test('data that does not fit the model is told by a check', async () => {
  const wide = await openAsyncIterable(async function* () {
    yield { inputs: { dataType: 'float32' as const, dims: [1, 8, 9], data: new Float32Array(72) } }
  })
  const compressor = await open(recipe(), { data: { validation: wide } })
  await expect(compressor.check()).rejects.toMatchObject({ code: 'DATA_SHAPE' })
})

test('a model with several inputs and outputs takes samples by their names, from a stream in its own order', async () => {
  const b = createBuilder('two')
  const weights = (name: string) => {
    const random = createRandom(name.length)
    return b.initializer(
      name,
      tensorOf(
        'float32',
        [4, 8],
        Float32Array.from({ length: 32 }, () => randomNormal(random)),
      ),
    )
  }
  const [left, right] = [b.input('left', 'float32', ['N', 4]), b.input('right', 'float32', ['N', 4])]
  const sum = b.Add(b.MatMul(left, weights('w')), b.MatMul(right, weights('other')))
  b.output(
    b.named(b.MatMul(sum, b.initializer('last', tensorOf('float32', [8, 3], new Float32Array(24).fill(0.1)))), 'y'),
  )
  b.output(b.named(b.Sigmoid(sum), 'z'))
  await writeModel(join(folder, 'two.onnx'), b.build())
  const stream = await openAsyncIterable(async function* () {
    const random = createRandom(3)
    const row = () => ({
      dataType: 'float32' as const,
      dims: [4],
      data: Float32Array.from([1, 2, 3, 4], () => random()),
    })
    for (let index = 0; index < 20; index++) yield { inputs: { left: row(), right: row() } }
  })
  const compressor = await open(recipe({ model: 'two.onnx' }), { data: { validation: stream } })
  const { fidelity, notes } = await compressor.run({ output: join(folder, 'run') })
  expect(fidelity).toMatchObject({ output: 'y', samples: 20 })
  expect(fidelity?.sqnr).toBeGreaterThan(20)
  expect(notes.some(note => note.includes('cannot be shuffled'))).toBe(true)
})

test('without labels there is no accuracy, which is said; a bound on it cannot be kept', async () => {
  const blind = unlabelled(await samples(64))
  const compressor = await open(recipe({ accept: { accuracyDrop: 1, agreement: 0.5 } }), {
    data: { validation: blind, calibration: blind },
  })
  const { before, fidelity, notes, verdict } = await compressor.run({ output: join(folder, 'run') })
  expect(before.metrics).toBeUndefined()
  expect(fidelity?.agreement).toBeGreaterThan(0.8)
  expect(notes[0]).toContain('the validation data has no labels')
  expect(verdict.reasons).toEqual([expect.stringContaining('accuracyDrop could not be measured: it needs')])
})

test('a stage can train, and quantize what it trained', async () => {
  const data = await samples(64)
  const input = recipe({
    model: { create: 'resnet', depth: 8, width: 0.25, input: [1, 8, 8], classes: 4 },
    stages: [
      { name: 'train', train: { epochs: 2, batchSize: 16 } },
      { name: 'int8', use: ['quant.static'] },
    ],
  })
  const shuffled = await samples(64)
  const compressor = await open(input, { data: { train: shuffled, validation: data, calibration: data } })
  const { before, after, stages } = await compressor.run({ output: join(folder, 'run') })
  expect(after.metrics?.top1).toBeGreaterThan(before.metrics?.top1 ?? 1)
  // The model between the stages is measured too; after the last one it is the result.
  expect(stages[0]?.figures).toMatchObject({ macs: before.macs, parameters: expect.any(Number) })
  expect(stages[0]?.figures?.metrics?.top1).toBeGreaterThan(before.metrics?.top1 ?? 1)
  expect(stages[1]?.figures).toBeUndefined()
})

test('a training tells its steps with speed and time left, and its epochs; both are resumed', async () => {
  const [train, validation] = [await samples(64), await samples(32)]
  const input = recipe({ stages: [{ name: 'train', train: { epochs: 2, batchSize: 16, accumulate: 2 } }] })
  const compressor = await open(input, { data: { train, validation } })
  const events: RunEvent[] = []
  const { stages } = await compressor.run({ output: join(folder, 'run'), listener: event => events.push(event) })
  const steps = events.flatMap(event =>
    event.type === 'progress' && event.progress.unit === 'steps' ? event.progress : [],
  )
  expect(steps.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(done => [done, 8]))
  expect(steps[7]).toMatchObject({
    secondsLeft: 0,
    samplesPerSecond: expect.any(Number),
    values: { epoch: 2, loss: expect.any(Number), accuracy: expect.any(Number), learningRate: expect.any(Number) },
  })
  const epochs = events.flatMap(event => (event.type === 'epoch' ? event.result : []))
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
  expect(stages[0]?.details).toMatchObject([{ part: 'train', details: { epochs } }])
  expect(await readFile(join(folder, 'run', 'events.jsonl'), 'utf8')).toContain('"type":"epoch"')
})

test('without labels to measure by, the best epoch is the one most like the float model', async () => {
  const labelled = await samples(64)
  const validation = unlabelled(labelled)
  const train = (options: object) =>
    open(recipe({ stages: [{ name: 'train', train: { epochs: 2, batchSize: 16, ...options } }] }), {
      data: { train: labelled, validation },
    })
  const compressor = await train({ best: { metric: 'agreement' } })
  const { stages } = await compressor.run({ output: join(folder, 'run') })
  const figures = { agreement: expect.any(Number), divergence: expect.any(Number), cosine: expect.any(Number) }
  expect(stages[0]?.details[0]?.details).toMatchObject({ best: { metrics: figures } })
  await expect((await train({})).check()).rejects.toMatchObject({
    code: 'RECIPE_DATA',
    message: 'Choosing the best epoch of the stage train by top1 needs labels, and data.validation has none.',
  })
})

test('a plan says what each training would do, and writes nothing', async () => {
  const data = await samples(64)
  const input = recipe({
    stages: [
      { name: 'first', train: { epochs: 3, batchSize: 16, freeze: ['classifier*'] } },
      { name: 'fold', use: ['test.fold'] },
      { name: 'last', train: { batchSize: 32, lowering: false } },
    ],
  })
  const fold = defineStrategy({
    id: 'test.fold',
    description: 'Folds BatchNormalization',
    options: z.strictObject({}),
    needs: [],
    prepare: async graph => simplify(graph),
  })
  const compressor = await open(input, { strategies: [fold], data: { train: data, validation: data } })
  const [first, last, ...more] = await compressor.plan()
  expect(more).toEqual([])
  expect(first).toMatchObject({ stage: 'first', stepsPerEpoch: 4, options: { epochs: 3 }, measured: { steps: 3 } })
  expect(first?.frozen.filter(({ reason }) => reason.includes('freeze')).map(({ name }) => name)).toEqual([
    'classifier/weight',
    'classifier/bias',
  ])
  // Of the graph that the stages before have made.
  expect(last).toMatchObject({ stage: 'last', stepsPerEpoch: 2, measured: { steps: 1 } })
  expect(first?.trained.map(({ name }) => name)).toContain('stem/scale')
  expect(last?.trained.map(({ name }) => name)).not.toContain('stem/scale')
  expect(await readdir(folder)).toEqual(['model.onnx'])
})

test('a strategy can join the training of its stage, which must have one', async () => {
  const joins = defineStrategy({
    id: 'test.joins',
    description: 'Names the epochs that it saw',
    options: z.strictObject({}),
    needs: [],
    prepare: async graph => {
      const epochs: number[] = []
      return {
        graph,
        training: {
          onEpoch: ({ epoch }) => {
            epochs.push(epoch)
          },
          finish: trained => ({ ...trained, name: `after ${epochs}` }),
        },
      }
    },
  })
  const data = await samples(64)
  const run = async (name: string, train?: { epochs: number; batchSize: number }) => {
    const input = recipe({ stages: [{ name, use: ['test.joins'], ...(train && { train }) }] })
    const compressor = await open(input, { strategies: [joins], data: { train: data, validation: data } })
    return readModel((await compressor.run({ output: join(folder, name) })).model)
  }
  expect((await run('joined', { epochs: 2, batchSize: 16 })).name).toBe('after 1,2')
  await expect(run('alone')).rejects.toMatchObject({
    code: 'RECIPE_TRAIN',
    message: 'test.joins joins a training, but the stage alone has none.',
  })
})

test('a target decides what the strategy makes, and where latency is measured', async () => {
  const compressor = await open(recipe({ target: 'onnxruntime-web' }))
  const result = await compressor.run({ output: join(folder, 'web') })
  expect(result.latencies.map(({ engine }) => engine)).toContain('onnxruntime-web in Node')
  expect(result.before.latency).toEqual(result.latencies[0]?.before)

  const forGpu = await open(recipe({ target: 'tensorrt' }))
  const { notes, model } = await forGpu.run({ output: join(folder, 'gpu') })
  expect(notes.join()).toContain('tensorrt does not run here')
  const zeroPoints = (await readModel(model)).nodes.filter(({ op }) => op === 'QuantizeLinear')
  expect(zeroPoints.length).toBeGreaterThan(0)
  const initializers = (await readModel(model)).initializers
  for (const { inputs } of zeroPoints) expect(initializers.get(inputs[2] ?? '')?.dataType).toBe('int8')
})

test('layers that would saturate on some CPUs of the target are found, and are gone with its own 7-bit weights', async () => {
  const saturated = async (options: object, given: CompressorOptions = {}) => {
    const use = [{ 'quant.static': { samples: 32, ...options } }]
    const compressor = await open(recipe({ target: 'onnxruntime-node', stages: [{ name: 'int8', use }] }), given)
    const { saturation } = await compressor.run({ output: join(folder, JSON.stringify(options).length.toString()) })
    expect(saturation.length).toBeGreaterThan(0)
    return saturation.reduce((sum, { pairs }) => sum + pairs.risky, 0)
  }
  expect(await saturated({ weightBits: 8 })).toBeGreaterThan(0)
  expect(await saturated({})).toBe(0)
  // Calibration data will do.
  expect(await saturated({ weightBits: 8, samples: 16 }, { data: { calibration: await samples(16) } })).toBeGreaterThan(
    0,
  )
})
