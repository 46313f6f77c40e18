import {
  cost,
  type Executor,
  fixedBatchSize,
  type Graph,
  loadModel,
  saveModel,
  tensorFloats,
  tensorNumbers,
  tensorOf,
  withInputShapes,
} from '@pare/core-graph'
import { openAsyncIterable } from '@pare/data'
import { createEvaluator, createFidelityEvaluator, crossEntropy } from '@pare/evaluate'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { channelGroups } from '../channels/channel-groups.ts'
import { maskChannels } from '../channels/mask-channels.ts'
import { groupScores, rankedChannels } from '../group-importance.ts'
import { patternClasses, patternShape, patterns, testContext } from '../testing/patterns.ts'
import { measureSensitivities, type SensitivitySetup } from './measure-sensitivities.ts'
import { pointsOf, type Sensitivities } from './sensitivities.ts'

const executor = createExecutor({ threads: 1 })
const small = { input: [...patternShape] as [number, number, number], classes: patternClasses, seed: 1 }
const source = patterns(40, 3)

async function setupFor(graph: Graph, own: Partial<SensitivitySetup> = {}): Promise<SensitivitySetup> {
  const { groups } = channelGroups(graph)
  const scores = await groupScores(graph, groups, 'l1-norm', testContext())
  return {
    executor,
    source,
    metric: 'loss',
    groups,
    ranking: new Map([...scores].map(([name, own]) => [name, rankedChannels(own)])),
    importance: 'l1-norm',
    ratios: [0.3, 0.7],
    samples: 40,
    batchSize: 16,
    memory: 2 ** 30,
    signal: new AbortController().signal,
    ...own,
  }
}

/** The same, each point by running the whole masked model. */
async function byWholeModels(graph: Graph, { groups, ranking, ratios, metric }: SensitivitySetup) {
  const evaluate =
    metric === 'loss'
      ? createEvaluator({ executor, source, metrics: [crossEntropy], batchSize: 16 })
      : createFidelityEvaluator(graph, { executor, source, batchSize: 16 })
  const values: [string, number, number][] = []
  for (const { name, channels } of groups)
    for (const ratio of ratios) {
      const count = Math.min(channels - 1, Math.round(channels * ratio))
      const masked = maskChannels(graph, new Map([[name, (ranking.get(name) ?? []).slice(0, count)]]))
      values.push([name, ratio, (await evaluate(masked))[metric] ?? Number.NaN])
    }
  return { baseline: (await evaluate(graph))[metric] ?? Number.NaN, values }
}

function expectSame(got: Sensitivities, wanted: Awaited<ReturnType<typeof byWholeModels>>): void {
  expect(got.baseline).toBeCloseTo(wanted.baseline, 5)
  for (const [name, ratio, value] of wanted.values)
    expect(pointsOf(got, name).find(point => point.ratio === ratio)?.value, `${name} ${ratio}`).toBeCloseTo(value, 5)
}

const resnet = createModel('resnet', { depth: 8, width: 0.25, ...small })
const mobilenetV1 = createModel('mobilenet-v1', { width: 0.25, ...small })
const cases: readonly (readonly [string, Graph])[] = [
  ['a chain', mobilenetV1],
  ['residual connections', resnet],
  ['inverted residuals', createModel('mobilenet-v2', { width: 0.1, ...small })],
  ['a fixed batch of 6', withInputShapes(resnet, { input: [6, ...patternShape] })],
]

describe.each(cases)('law: as evaluating the whole masked model: %s', (_, graph) => {
  test.each(['loss', 'divergence'])('%s', async metric => {
    const notes: string[] = []
    const setup = await setupFor(graph, { metric, note: message => notes.push(message) })
    expectSame(await measureSensitivities(graph, setup), await byWholeModels(graph, setup))
    expect(notes).toEqual([])
  })
})

/** An executor that counts sessions, and the multiply-adds that are run. */
function counting(): Executor & { readonly counted: { macs: number; sessions: number } } {
  const counted = { macs: 0, sessions: 0 }
  return {
    counted,
    open: async (graph, options) => {
      const session = await executor.open(graph, options)
      counted.sessions++
      const { macs } = cost(graph).total
      return {
        ...session,
        run: async (feeds, fetches) => {
          counted.macs += macs * (fixedBatchSize(graph) ? 1 : (Object.values(feeds)[0]?.dims[0] ?? 0))
          return session.run(feeds, fetches)
        },
      }
    },
  }
}

test.each(['top1', 'agreement'])(
  '%s of MobileNetV1: hardly more than half the multiply-adds of whole evaluations, and a session for each group',
  async metric => {
    const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10, seed: 1 })
    const images = {
      ...source,
      batches: (options: Parameters<typeof source.batches>[0]) => enlarged(source.batches(options)),
    }
    const counter = counting()
    const setup = await setupFor(graph, {
      metric,
      source: images,
      executor: counter,
      ratios: [0.1, 0.3, 0.5, 0.7, 0.9],
      samples: 8,
    })
    await measureSensitivities(graph, setup)
    const points = setup.groups.length * 5
    expect(points).toBe(70)
    expect(counter.counted.macs).toBeLessThanOrEqual(0.56 * points * 8 * cost(graph).total.macs)
    // One runs what lies between two groups, one what comes behind; the tail, and what is before it.
    expect(counter.counted.sessions).toBeLessThanOrEqual(2 * setup.groups.length + 2)
  },
)

/** The 8×8 images in the corner of 28×28. */
async function* enlarged(batches: ReturnType<typeof source.batches>) {
  for await (const batch of batches) {
    const data = new Float32Array(batch.size * 28 * 28)
    for (const [place, value] of (batch.inputs.input?.data ?? []).entries()) {
      const [row, inside] = [Math.floor(place / 64), place % 64]
      data[row * 784 + Math.floor(inside / 8) * 28 + (inside % 8)] = Number(value)
    }
    yield { ...batch, inputs: { input: { dataType: 'float32' as const, dims: [batch.size, 1, 28, 28], data } } }
  }
}

describe('memory', () => {
  test('too little for values in between: the same figures from whole models, and a note', async () => {
    const notes: string[] = []
    const setup = await setupFor(resnet, { memory: 1, note: message => notes.push(message) })
    expectSame(await measureSensitivities(resnet, setup), await byWholeModels(resnet, setup))
    expect(notes).toEqual([expect.stringContaining(`of ${setup.groups.length} of ${setup.groups.length} groups`)])
  })

  test('too little for the first places only: later ones are kept', async () => {
    const notes: string[] = []
    const setup = await setupFor(mobilenetV1, { memory: 40 * 4 * 8 * 40, note: message => notes.push(message) })
    expectSame(await measureSensitivities(mobilenetV1, setup), await byWholeModels(mobilenetV1, setup))
    expect(notes).toEqual([expect.stringMatching(/of [1-9] of 14 groups/)])
  })
})

describe('what is known', () => {
  test('is kept after each point, and not measured again', async () => {
    const saved: Sensitivities[] = []
    const setup = await setupFor(resnet, { save: async all => void saved.push(all) })
    const whole = await measureSensitivities(resnet, setup)
    expect(saved).toHaveLength(setup.groups.length * 2)
    expect(saved.at(-1)).toEqual(whole)
    const half = saved[3]
    if (!half) throw new Error('There are more than three points.')
    const counter = counting()
    const again = await measureSensitivities(resnet, { ...setup, executor: counter, known: half })
    expectSame(again, {
      baseline: whole.baseline,
      values: setup.groups.flatMap(({ name }) =>
        pointsOf(whole, name).map(({ ratio, value }): [string, number, number] => [name, ratio, value]),
      ),
    })
    const full = counting()
    await measureSensitivities(resnet, { ...setup, executor: full, known: whole })
    expect(full.counted.macs).toBe(0)
    expect(counter.counted.macs).toBeGreaterThan(0)
  })

  test('of other weights is refused', async () => {
    const setup = await setupFor(resnet)
    const known = await measureSensitivities(resnet, { ...setup, groups: setup.groups.slice(0, 1) })
    const initializers = new Map(resnet.initializers)
    const weight = initializers.get('stem/weight')
    if (!weight) throw new Error('There is a stem.')
    initializers.set(
      'stem/weight',
      tensorOf(
        'float32',
        weight.dims,
        tensorFloats(weight).map(value => value * 1.0001),
      ),
    )
    await expect(measureSensitivities({ ...resnet, initializers }, { ...setup, known })).rejects.toMatchObject({
      code: 'RECIPE_SENSITIVITIES',
      message: expect.stringContaining('another model'),
    })
  })
})

test('an evaluation of the caller measures whole models, by a metric of its own', async () => {
  const seen: Graph[] = []
  const evaluate = async (graph: Graph) => {
    seen.push(graph)
    return { psnr: seen.length }
  }
  const setup = await setupFor(resnet, { metric: 'psnr', evaluate })
  const { baseline } = await measureSensitivities(resnet, setup)
  expect(baseline).toBe(1)
  expect(seen).toHaveLength(1 + 2 * setup.groups.length)
  expect(seen.every(({ inputs }) => inputs[0]?.name === 'input')).toBe(true)
  await expect(measureSensitivities(resnet, { ...setup, metric: 'ssim' })).rejects.toMatchObject({ code: 'RUN_METRIC' })
})

test('a model that was read from a file stays as it was', async () => {
  // Tensors of a file are views into a Node Buffer, whose slices are views too.
  const read = () => loadModel(Buffer.from(saveModel(resnet).model))
  const graph = read()
  await measureSensitivities(graph, await setupFor(graph))
  for (const [name, tensor] of read().initializers) {
    const own = graph.initializers.get(name)
    expect(own && tensorNumbers(own), name).toEqual(tensorNumbers(tensor))
  }
})

test('a stream whose end is not known is measured as data of known size', async () => {
  const stream = await openAsyncIterable(async function* () {
    for await (const { inputs } of source.batches({ batchSize: 1 })) {
      const { data = new Float32Array() } = inputs.input ?? {}
      yield { inputs: { dataType: 'float32', dims: [...patternShape], data } }
    }
  })
  expect(stream.size).toBeUndefined()
  const setup = await setupFor(resnet, { metric: 'divergence' })
  const streamed = await measureSensitivities(resnet, { ...setup, source: stream })
  expect(streamed.groups).toEqual((await measureSensitivities(resnet, setup)).groups)
})
