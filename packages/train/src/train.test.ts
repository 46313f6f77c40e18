import { type DataSource, type Graph, loadModel, saveModel, tensorFloats, tensorOf } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import type { CheckpointStore } from './checkpoint.ts'
import { accuracyOn, patternClasses, patternShape, patterns } from './testing/patterns.ts'
import { type TrainProgress, type TrainSetup, train } from './train.ts'

const model = createModel('resnet', {
  depth: 8,
  width: 0.5,
  input: [...patternShape],
  classes: patternClasses,
  seed: 1,
})
const validation = patterns(64, 2)
const setup: TrainSetup = {
  options: { epochs: 3, batchSize: 16, optimizer: { learningRate: 0.05 }, schedule: { warmupEpochs: 0.5 } },
  source: patterns(128, 1),
  executor: createExecutor({ threads: 1 }),
  evaluate: accuracyOn(validation),
  seed: 1,
}

const bytesOf = (graph: Graph) => Buffer.from(saveModel(graph).model)

/** Keeps a checkpoint as the bytes of its file. */
function memory(): CheckpointStore & { bytes: Uint8Array | undefined } {
  const store = {
    name: 'memory',
    bytes: undefined as Uint8Array | undefined,
    read: async () => store.bytes && loadModel(store.bytes),
    write: async (graph: Graph) => {
      store.bytes = saveModel(graph).model
    },
  }
  return store
}

describe('train', () => {
  it('learns to tell patterns apart, and gives a model for any batch size', async () => {
    const before = await accuracyOn(validation)(model)
    const { graph, best, epochs } = await train(model, setup)
    expect(before.top1).toBeLessThan(0.5)
    expect(best.metrics.top1).toBeGreaterThan(0.95)
    expect(await accuracyOn(validation)(graph)).toEqual(best.metrics)
    expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3])
    expect(epochs[2]?.loss).toBeLessThan((epochs[0]?.loss ?? 0) / 4)
    expect(graph.inputs).toEqual(model.inputs)
    expect(graph.nodes).toEqual(model.nodes)
  })

  it('gives the same bytes for the same seed, and others for another', async () => {
    const trained = async (seed: number) => bytesOf((await train(model, { ...setup, seed })).graph)
    const first = await trained(1)
    expect(await trained(1)).toEqual(first)
    expect(await trained(2)).not.toEqual(first)
  })

  it('goes on from its checkpoint after an interruption, to the same bytes', async () => {
    const uninterrupted = await train(model, setup)
    const checkpoint = memory()
    const controller = new AbortController()
    const interrupt = ({ epoch, step }: TrainProgress) => {
      if (epoch === 2 && step === 5) controller.abort(new Error('enough'))
    }
    const first = train(model, { ...setup, checkpoint, signal: controller.signal, onProgress: interrupt })
    await expect(first).rejects.toThrow('enough')
    const seen: number[] = []
    const told: number[] = []
    const second = await train(model, {
      ...setup,
      checkpoint,
      onProgress: ({ epoch }) => seen.push(epoch),
      onEpoch: ({ epoch }) => told.push(epoch),
    })
    expect(new Set(seen)).toEqual(new Set([2, 3]))
    expect(told).toEqual([1, 2, 3])
    expect(bytesOf(second.graph)).toEqual(bytesOf(uninterrupted.graph))
    expect(second.epochs).toEqual(uninterrupted.epochs)
  })

  it('goes on from a checkpoint with a metric that is no finite number', async () => {
    const checkpoint = memory()
    const evaluate = async () => ({ top1: 0.5, loss: Number.POSITIVE_INFINITY })
    const first = await train(model, { ...setup, evaluate, checkpoint })
    expect(bytesOf((await train(model, { ...setup, evaluate, checkpoint })).graph)).toEqual(bytesOf(first.graph))
  })

  it('keeps the epoch with the best metric, not the last', async () => {
    const scores = [0.5, 0.9, 0.7]
    const seen: Graph[] = []
    const evaluate = async (graph: Graph) => {
      seen.push(graph)
      return { mine: scores[seen.length - 1] ?? 0 }
    }
    const { graph, best } = await train(model, { ...setup, evaluate, metric: 'mine' })
    expect(best).toMatchObject({ epoch: 2, metrics: { mine: 0.9 } })
    const weights = (of: Graph | undefined) => of?.initializers.get('stem/weight')
    expect(weights(graph)).toEqual(weights(seen[1]))
    expect(weights(graph)).not.toEqual(weights(seen[2]))
  })

  it('reports each step: a rate that rises over the warm-up and falls to 0, and the time left', async () => {
    const steps: TrainProgress[] = []
    await train(model, { ...setup, onProgress: progress => steps.push(progress) })
    const rates = steps.map(({ learningRate }) => learningRate)
    expect(steps).toHaveLength(24)
    expect(rates.slice(0, 5).map(rate => Number(rate.toFixed(4)))).toEqual([0.0125, 0.025, 0.0375, 0.05, 0.05])
    expect(rates.slice(4)).toEqual(rates.slice(4).toSorted((a, b) => b - a))
    expect(rates.at(-1)).toBeLessThan(0.0005)
    expect(steps.at(-1)).toMatchObject({ epoch: 3, epochs: 3, step: 8, steps: 8, secondsLeft: 0 })
    expect(steps[10]?.samplesPerSecond).toBeGreaterThan(0)
    expect(steps[10]?.accuracy).toBeLessThanOrEqual(1)
  })
})

describe('train refuses', () => {
  const source = patterns(128, 1)
  const withSource = (change: Partial<DataSource>): TrainSetup => ({ ...setup, source: { ...source, ...change } })

  it.each([
    ['data without labels', withSource({ labelled: false }), 'DATA_LABELS'],
    ['data of unknown size', withSource({ size: undefined }), 'DATA_SIZE'],
    ['less data than a batch', { ...setup, source: patterns(8, 1) }, 'DATA_SIZE'],
    ['an evaluation without the metric', { ...setup, metric: 'top5' }, 'RUN_METRIC'],
    ['options out of range', { ...setup, options: { epochs: 0 } }, 'RECIPE_TRAIN_OPTIONS'],
  ] as const)('%s', async (_, given, code) => {
    await expect(train(model, given)).rejects.toMatchObject({ code })
  })

  it('to go on when the loss is no number any more', async () => {
    const weight = model.initializers.get('classifier/weight')
    const broken = tensorOf(
      'float32',
      weight?.dims ?? [],
      tensorFloats(weight ?? tensorOf('float32', [], [0])).map(() => Number.NaN),
    )
    const initializers = new Map(model.initializers).set('classifier/weight', broken)
    await expect(train({ ...model, initializers }, setup)).rejects.toMatchObject({
      code: 'RUN_DIVERGED',
      message: 'The loss is no number any more (epoch 1, step 1).',
    })
  })

  it('checkpoints of another training, and models that are none', async () => {
    const checkpoint = memory()
    await train(model, { ...setup, options: { ...setup.options, epochs: 1 }, checkpoint })
    await expect(train(model, { ...setup, checkpoint })).rejects.toMatchObject({
      code: 'RUN_CHECKPOINT',
      message: expect.stringContaining('another model, data, options or seed'),
    })
    for (const bytes of [checkpoint.bytes?.subarray(0, 1000), bytesOf(model)]) {
      checkpoint.bytes = bytes
      await expect(train(model, { ...setup, checkpoint })).rejects.toMatchObject({
        code: 'RUN_CHECKPOINT',
        message: 'The checkpoint memory is no checkpoint of a training.',
      })
    }
  })
})
