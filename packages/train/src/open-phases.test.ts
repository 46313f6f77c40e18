import { type Graph, saveModel, tensorFloats } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { memoryStore } from './testing/memory-store.ts'
import { accuracyOn, patternModel, patterns } from './testing/patterns.ts'
import { type TrainSetup, train } from './train.ts'
import type { TrainOptionsInput } from './train-options.ts'

const model = patternModel
const measure = accuracyOn(patterns(64, 2))
const bytesOf = (graph: Graph | undefined) => graph && Buffer.from(saveModel(graph).model)
const values = (graph: Graph | undefined, name: string) => {
  const tensor = graph?.initializers.get(name)
  return tensor ? tensorFloats(tensor) : new Float32Array(0)
}
const namesOf = (graph: Graph, ops: readonly string[]) =>
  graph.nodes
    .filter(({ op }) => ops.includes(op))
    .flatMap(({ inputs }) => inputs.filter(name => graph.initializers.has(name)))

/** Trains, and keeps the model after each epoch. */
async function epochsOf(of: Graph, options: TrainOptionsInput, more: Partial<TrainSetup> = {}) {
  const graphs: Graph[] = []
  await train(of, {
    options: { batchSize: 16, optimizer: { learningRate: 0.03 }, ...options },
    source: patterns(128, 1),
    executor: createExecutor({ threads: 1 }),
    evaluate: async graph => {
      graphs.push(graph)
      return await measure(graph)
    },
    seed: 1,
    ...more,
  })
  return graphs
}

describe('weights that are frozen from an epoch on', () => {
  it('are trained until then and stay afterwards, and so do the statistics of their BatchNormalization', async () => {
    const parts = [{ frozen: [{ pattern: 'stem/*', epoch: 2 }] }]
    const freeze = [{ pattern: 'op:BatchNormalization', epoch: 3 }]
    const [first, second, third, fourth] = await epochsOf(model, { epochs: 4, freeze }, { parts })
    const statistics = namesOf(model, ['BatchNormalization'])
    expect(values(first, 'stem/weight')).not.toEqual(values(model, 'stem/weight'))
    expect(values(second, 'stem/weight')).toEqual(values(first, 'stem/weight'))
    expect(values(fourth, 'stem/weight')).toEqual(values(first, 'stem/weight'))
    for (const name of statistics) {
      const before = name.startsWith('stem/') ? first : second
      expect(values(fourth, name)).toEqual(values(before, name))
    }
    expect(statistics.some(name => values(first, name)[0] !== values(second, name)[0])).toBe(true)
    expect(values(fourth, 'classifier/weight')).not.toEqual(values(third, 'classifier/weight'))
  })

  it('go on as another training of the same model would, in which they are frozen from the start', async () => {
    // Nothing outlasts an update, and all epochs have one order.
    const options: TrainOptionsInput = {
      optimizer: { learningRate: 0.03, momentum: 0 },
      schedule: { kind: 'constant', warmupEpochs: 0 },
    }
    const samples = patterns(128, 1)
    const source = {
      ...samples,
      batches: (given: Parameters<typeof samples.batches>[0]) =>
        samples.batches({ ...given, shuffle: { seed: 1, epoch: 0 } }),
    }
    const patternsOfFrozen = ['stem/*', 'op:BatchNormalization']
    const freeze = patternsOfFrozen.map(pattern => ({ pattern, epoch: 2 }))
    const [before = model, after] = await epochsOf(model, { ...options, epochs: 2, freeze }, { source })
    const [expected] = await epochsOf(before, { ...options, epochs: 1, freeze: patternsOfFrozen }, { source })
    for (const name of model.initializers.keys()) {
      const [own, other, old] = [after, expected, before].map(graph => values(graph, name))
      const changed = Math.hypot(...(other ?? []).map((value, index) => value - (old?.[index] ?? 0)))
      const off = Math.hypot(...(other ?? []).map((value, index) => value - (own?.[index] ?? 0)))
      expect(off, name).toBeLessThanOrEqual(1e-3 * changed)
    }
  })

  it('are still approached by their moving averages: a − w becomes smaller by d = (1 + t)/(10 + t) at update t', async () => {
    const freeze = [{ pattern: 'stem/*', epoch: 2 }]
    const averages = (await epochsOf(model, { epochs: 3, average: 0.99, freeze })).map(graph =>
      values(graph, 'stem/weight'),
    )
    const [first, second] = averages.slice(1).map((after, epoch) => {
      const before = averages[epoch] ?? after
      return Math.hypot(...after.map((value, index) => value - (before[index] ?? 0)))
    })
    // Eight updates an epoch.
    const [left = 1, leftNext = 1] = [9, 17].map(start =>
      Array.from({ length: 8 }, (_, update) => (1 + start + update) / (10 + start + update)).reduce((a, b) => a * b),
    )
    expect((second ?? 0) / (first ?? 0)).toBeCloseTo((left * (1 - leftNext)) / (1 - left), 4)
  })

  it.each([
    { what: 'averages of the weights', options: { average: 0.9 } },
    { what: 'updates of two batches', options: { batchSize: 8, accumulate: 2 } },
    { what: 'standard operators', options: { lowering: false } },
  ])('are the same bytes after an interruption at that epoch and in it: $what', async ({ options }) => {
    const own: TrainOptionsInput = {
      ...options,
      epochs: 3,
      optimizer: { kind: 'adamw', learningRate: 0.01 },
      freeze: [{ pattern: '/norm|stem/', epoch: 2 }],
    }
    const uninterrupted = await epochsOf(model, own)
    const last = bytesOf(uninterrupted.at(-1))
    for (const step of [0, 3]) {
      const [checkpoint, controller] = [memoryStore(), new AbortController()]
      const interrupted = epochsOf(model, own, {
        checkpoint,
        signal: controller.signal,
        onEpoch: ({ epoch }) => {
          if (epoch === 1 && step === 0) controller.abort(new Error('enough'))
        },
        onProgress: progress => {
          if (progress.epoch === 2 && progress.step === step) controller.abort(new Error('enough'))
        },
      })
      await expect(interrupted).rejects.toThrow('enough')
      expect([...checkpoint.files.keys()].at(-1)).toBe(`0001-00000${step}`)
      const resumed = await epochsOf(model, own, { checkpoint })
      expect(bytesOf(resumed.at(-1))).toEqual(last)
    }
  })

  it('are told of when the training ends before', async () => {
    const notes: string[] = []
    const freeze = [{ pattern: 'stem/*', epoch: 9 }, ...['*/scale', '*/shift'].map(pattern => ({ pattern, epoch: 5 }))]
    await epochsOf(model, { epochs: 1, freeze }, { note: note => notes.push(note) })
    expect(notes).toEqual([
      'stem/* is to be frozen from epoch 9 on, which the training does not reach.',
      '*/scale and 1 other are to be frozen from epoch 5 on, which the training does not reach.',
    ])
  })

  it('are looked for before the first step, and so is what is left to train', async () => {
    await expect(epochsOf(model, { epochs: 2, freeze: [{ pattern: 'steam/*', epoch: 9 }] })).rejects.toMatchObject({
      code: 'RECIPE_NO_MATCH',
    })
    await expect(epochsOf(model, { epochs: 2, freeze: [{ pattern: '*', epoch: 2 }] })).rejects.toMatchObject({
      code: 'MODEL_TRAIN',
    })
  })
})
