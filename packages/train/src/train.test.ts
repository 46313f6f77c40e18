import {
  createBuilder,
  type DataSource,
  type EpochMoment,
  type Graph,
  RunError,
  saveModel,
  simplify,
  type TrainingPart,
  tensorFloats,
  tensorOf,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { defineLoss } from './loss.ts'
import { memoryStore } from './testing/memory-store.ts'
import { accuracyOn, patternClasses, patternModel, patterns } from './testing/patterns.ts'
import { type TrainSetup, train } from './train.ts'
import type { TrainProgress } from './training-progress.ts'

const model = patternModel
const validation = patterns(64, 2)
const setup: TrainSetup = {
  options: { epochs: 3, batchSize: 16, optimizer: { learningRate: 0.05 }, schedule: { warmupEpochs: 0.5 } },
  source: patterns(128, 1),
  executor: createExecutor({ threads: 1 }),
  evaluate: accuracyOn(validation),
  seed: 1,
}

const bytesOf = (graph: Graph) => Buffer.from(saveModel(graph).model)

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

  it('takes no epoch for the result that a part says is too early', async () => {
    const late: TrainingPart[] = [{ resultFrom: epochs => epochs - 1 }, {}]
    const scores = [0.9, 0.5, 0.4]
    const evaluate = async () => ({ top1: scores.shift() ?? 0 })
    expect((await train(model, { ...setup, evaluate, parts: late })).best.epoch).toBe(2)
    const never: TrainingPart[] = [{ resultFrom: () => 100 }]
    expect((await train(model, { ...setup, parts: never })).best.epoch).toBe(3)
  })

  it('goes on from its checkpoint after an interruption, to the same bytes', async () => {
    const uninterrupted = await train(model, setup)
    const checkpoint = memoryStore()
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

  it.each([
    { what: 'updates of one batch', options: { batchSize: 16 }, at: 5, place: '0001-000005' },
    {
      what: 'updates of two batches, between them',
      options: { batchSize: 8, accumulate: 2 },
      at: 7,
      place: '0001-000007',
    },
    { what: 'averaged weights', options: { batchSize: 16, average: 0.9 }, at: 8, place: '0001-000008' },
  ])('goes on within an epoch from where it was ended: $what', async ({ options, at, place }) => {
    const own = { ...setup, options: { ...setup.options, ...options, epochs: 2 } }
    const uninterrupted = await train(model, own)
    const checkpoint = memoryStore()
    const controller = new AbortController()
    const onProgress = ({ epoch, step }: TrainProgress) => {
      if (epoch === 2 && step === at) controller.abort(new Error('enough'))
    }
    await expect(train(model, { ...own, checkpoint, signal: controller.signal, onProgress })).rejects.toThrow('enough')
    expect([...checkpoint.files.keys()]).toEqual(['0001-000000', place])
    const steps: number[] = []
    const resumed = await train(model, { ...own, checkpoint, onProgress: ({ step }) => steps.push(step) })
    expect(steps[0] ?? at + 1).toBe(at + 1)
    expect(bytesOf(resumed.graph)).toEqual(bytesOf(uninterrupted.graph))
    expect(resumed.epochs).toEqual(uninterrupted.epochs)
  })

  it('goes on from the newest of the checkpoints that are kept, when it died', async () => {
    const own = { ...setup, options: { ...setup.options, epochs: 2, checkpointEvery: { steps: 3 }, keep: 2 } }
    const uninterrupted = await train(model, { ...own, checkpoint: memoryStore() })
    const checkpoint = memoryStore()
    const die = ({ epoch, step }: TrainProgress) => {
      if (epoch === 2 && step === 5) throw new Error('dead')
    }
    await expect(train(model, { ...own, checkpoint, onProgress: die })).rejects.toThrow('dead')
    expect([...checkpoint.files.keys()]).toEqual(['0001-000000', '0001-000003'])
    const resumed = await train(model, { ...own, checkpoint })
    expect([...checkpoint.files.keys()]).toEqual(['0001-000000', '0002-000000'])
    expect(bytesOf(resumed.graph)).toEqual(bytesOf(uninterrupted.graph))
    expect(resumed.epochs).toEqual(uninterrupted.epochs)
  })

  it('keeps checkpoints by the clock too, and in the end those of the last epochs alone', async () => {
    const written: string[] = []
    const store = memoryStore()
    const checkpoint = {
      ...store,
      write: async (name: string, graph: Graph) => {
        written.push(name)
        await store.write(name, graph)
      },
    }
    const options = { ...setup.options, epochs: 1, batchSize: 32, checkpointEvery: { minutes: 1e-9 } }
    await train(model, { ...setup, options, checkpoint })
    expect(written).toEqual(['0000-000001', '0000-000002', '0000-000003', '0001-000000'])
    expect([...store.files.keys()]).toEqual(['0001-000000'])
  })

  it.each([
    { what: 'infinitely good', values: [0.1, Number.POSITIVE_INFINITY, 0.7], best: 2 },
    { what: 'infinitely bad', values: [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.7], best: 3 },
    { what: 'no number', values: [Number.NaN, 0.1, Number.NaN], best: 2 },
  ])('compares with a metric that was $what before an interruption as without one', async ({ values, best }) => {
    const checkpoint = memoryStore()
    const controller = new AbortController()
    const options = { ...setup.options, best: { metric: 'mine', better: 'higher' as const } }
    const measuring = (from: number) => {
      const left = values.slice(from)
      return async () => ({ mine: left.shift() ?? 0 })
    }
    const own = { ...setup, options, checkpoint }
    const interrupt = { signal: controller.signal, onEpoch: () => controller.abort(new Error('enough')) }
    await expect(train(model, { ...own, ...interrupt, evaluate: measuring(0) })).rejects.toThrow('enough')
    const resumed = await train(model, { ...own, evaluate: measuring(1) })
    expect(resumed.best.epoch).toBe(best)
    expect(resumed.epochs.map(({ metrics }) => metrics.mine)).toEqual(values)
  })

  it('keeps the epoch with the best metric, not the last', async () => {
    const scores = [0.5, 0.9, 0.7]
    const seen: Graph[] = []
    const evaluate = async (graph: Graph) => {
      seen.push(graph)
      return { mine: scores[seen.length - 1] ?? 0 }
    }
    const { graph, best } = await train(model, {
      ...setup,
      options: { ...setup.options, best: { metric: 'mine', better: 'higher' } },
      evaluate,
    })
    expect(best).toMatchObject({ epoch: 2, metrics: { mine: 0.9 } })
    const weights = (of: Graph | undefined) => of?.initializers.get('stem/weight')
    expect(weights(graph)).toEqual(weights(seen[1]))
    expect(weights(graph)).not.toEqual(weights(seen[2]))
  })

  it('evaluates every so many epochs and after the last one', async () => {
    const options = { ...setup.options, evaluateEvery: 2 }
    const { epochs } = await train(model, { ...setup, options })
    expect(epochs.map(({ metrics }) => Object.keys(metrics))).toEqual([[], ['top1'], ['top1']])
  })

  it('ends early when nothing gets better any more; of a loss, lower is better', async () => {
    const losses = [0.5, 0.3, 0.4, 0.3, 0.1]
    const evaluate = async () => ({ loss: losses.shift() ?? 0 })
    const options = { ...setup.options, epochs: 5, patience: 2, best: { metric: 'loss' } }
    const { best, epochs } = await train(model, { ...setup, options, evaluate })
    expect(best).toMatchObject({ epoch: 2, metrics: { loss: 0.3 } })
    expect(epochs).toHaveLength(4)
  })

  it('does not give up after an epoch that was not measured', async () => {
    const values = [0.5, 0.6, 0.4]
    const evaluate = async () => ({ top1: values.shift() ?? 0 })
    const options = { ...setup.options, epochs: 9, evaluateEvery: 2, patience: 1 }
    const { best, epochs } = await train(model, { ...setup, options, evaluate })
    expect(best.epoch).toBe(4)
    expect(epochs).toHaveLength(6)
  })

  it('needs no labels where the loss needs none: the best epoch is that which agrees most with a teacher', async () => {
    const b = createBuilder(model)
    const teacher = b.Gemm(b.Flatten(b.value('input')), b.constant('float32', [64, patternClasses], quarters()))
    b.named(b.Mul(teacher, b.scalar(0.3)), 'teacher')
    const unlabelled = patterns(128, 1)
    const { best, graph } = await train(b.build(), {
      ...setup,
      source: {
        ...unlabelled,
        labelled: false,
        batches: async function* (options) {
          for await (const batch of unlabelled.batches(options)) yield { ...batch, labels: undefined }
        },
      },
      options: {
        ...setup.options,
        best: { metric: 'agreement' },
        loss: [{ loss: 'soft-cross-entropy', student: 'logits', teacher: 'teacher', temperature: 1 }],
      },
      evaluate: async graph => ({ agreement: (await accuracyOn(validation)(graph)).top1 ?? 0 }),
    })
    expect(best.metrics.agreement).toBeGreaterThan(0.9)
    expect(best.accuracy).toBeUndefined()
    expect(graph.outputs.map(({ name }) => name)).toEqual(['logits'])
    expect(graph.nodes).toEqual(model.nodes)
  })

  it('trains a model whose BatchNormalization was folded', async () => {
    const { graph: folded } = simplify(model)
    expect(folded.nodes.some(({ op }) => op === 'BatchNormalization')).toBe(false)
    const options = { ...setup.options, epochs: 4, optimizer: { learningRate: 0.03 } }
    const { best } = await train(folded, { ...setup, options })
    expect(best.metrics.top1).toBeGreaterThan(0.9)
  })

  it('trains in standard operators where the fastest are not there or not wanted, and says so', async () => {
    const executor = {
      ...setup.executor,
      open: async () => {
        throw new Error('no such operator')
      },
    }
    const notes: string[] = []
    const options = { ...setup.options, epochs: 1 }
    const note = (message: string) => notes.push(message)
    const { graph } = await train(model, { ...setup, options, executor, note })
    expect(notes).toEqual([expect.stringMatching(/^Not lowered: .*no such operator/)])
    const plain = await train(model, { ...setup, options: { ...options, lowering: false }, note })
    expect(notes).toHaveLength(1)
    expect(bytesOf(graph)).toEqual(bytesOf(plain.graph))
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

describe('what joins a training', () => {
  const scalar = (graph: Graph, name: string) =>
    tensorFloats(graph.initializers.get(name) ?? tensorOf('float32', [1], [0]))[0] ?? 0
  const weights = (graph: Graph) =>
    tensorFloats(graph.initializers.get('classifier/weight') ?? tensorOf('float32', [], [0]))
  const distance = (a: Float32Array, b: Float32Array) => Math.hypot(...a.map((value, index) => value - (b[index] ?? 0)))
  const initial = weights(model)

  /** Holds the classifier's weights near to what they were. */
  const anchor = (weight: number): TrainingPart => ({
    terms: [
      {
        loss: defineLoss({
          id: 'anchor',
          description: 'How far weights are from where they began',
          inputs: { weights: 'named' },
          options: {},
          build: (ops, { weights }) =>
            ops.sum(ops.square(ops.sub(weights, ops.builder.constant('float32', [...dims], [...initial])))),
        }),
        weights: 'classifier/weight',
        weight,
      },
    ],
  })
  const dims = model.initializers.get('classifier/weight')?.dims ?? []

  it('adds terms to the loss, which are told one by one', async () => {
    const checkpoint = memoryStore()
    const joined = { ...setup, parts: [anchor(1)], checkpoint }
    const [free, held] = [await train(model, setup), await train(model, joined)]
    expect(distance(weights(held.graph), initial)).toBeLessThan(0.5 * distance(weights(free.graph), initial))
    const { loss = 0, terms } = held.epochs[0] ?? {}
    expect(Object.keys(terms ?? {})).toEqual(['cross-entropy', 'anchor'])
    expect((terms?.['cross-entropy'] ?? 0) + (terms?.anchor ?? 0)).toBeCloseTo(loss, 4)
    expect(bytesOf((await train(model, joined)).graph)).toEqual(bytesOf(held.graph))
    await expect(train(model, { ...joined, parts: [anchor(2)] })).rejects.toMatchObject({ code: 'RUN_CHECKPOINT' })
  })

  it('changes its state before an epoch, once, also when that is gone on with; and finishes the graph', async () => {
    // logits · scale, a tensor that nothing trains, and the largest logit so far.
    const b = createBuilder({ ...model, outputs: [] })
    const scale = b.initializer('scale', tensorOf('float32', [1], [1]))
    const largest = b.initializer('largest', tensorOf('float32', [], [0]))
    const scaled = b.named(b.Mul(b.value('logits'), scale), 'scaled')
    b.output(scaled)
    b.named(b.Max([b.ReduceMax(scaled, undefined, { keepdims: 0 }), largest]), 'largest/after')
    const joined = b.build()
    const moments: unknown[] = []
    let largestLogit = 0
    const part = (): TrainingPart => ({
      state: new Map([
        ['scale', 'scale'],
        ['largest', 'largest/after'],
      ]),
      onEpoch: async ({ epoch, epochs, readState, writeState }: EpochMoment) => {
        const { scale } = await readState(['scale'])
        moments.push([epoch, epochs, scale?.data[0]])
        await writeState({ scale: { dataType: 'float32', dims: [1], data: Float32Array.of(2 ** epoch) } })
      },
      finish: graph => {
        largestLogit = scalar(graph, 'largest')
        return { ...graph, name: `${graph.name} finished` }
      },
    })
    const own = { ...setup, options: { ...setup.options, epochs: 2 }, parts: [part()] }
    const { graph, epochs } = await train(joined, own)
    expect(moments).toEqual([
      [1, 2, 1],
      [2, 2, 2],
    ])
    expect(graph.name).toBe(`${model.name} finished`)
    expect([2, 4]).toContain(scalar(graph, 'scale'))
    expect(largestLogit).toBeGreaterThan(0)
    expect(graph.initializers.has('largest')).toBe(false)

    const [checkpoint, controller] = [memoryStore(), new AbortController()]
    const onProgress = ({ epoch, step }: TrainProgress) => {
      if (epoch === 2 && step === 3) controller.abort(new Error('enough'))
    }
    await expect(train(joined, { ...own, checkpoint, signal: controller.signal, onProgress })).rejects.toThrow('enough')
    moments.length = 0
    const resumed = await train(joined, { ...own, checkpoint })
    expect(moments).toEqual([])
    expect(bytesOf(resumed.graph)).toEqual(bytesOf(graph))
    expect(resumed.epochs).toEqual(epochs)
  })

  it('trains what no operator calls trainable, and keeps what is to stay', async () => {
    const b = createBuilder({ ...model, outputs: [] })
    const factor = b.initializer('factor', tensorOf('float32', [], [1]))
    b.output(b.named(b.Mul(b.value('logits'), factor), 'scores'))
    const parts: TrainingPart[] = [{ trainable: ['factor'], frozen: ['classifier/*'] }]
    const { graph } = await train(b.build(), { ...setup, options: { ...setup.options, epochs: 1 }, parts })
    expect(scalar(graph, 'factor')).not.toBe(1)
    expect(weights(graph)).toEqual(initial)
  })
})

describe('train refuses', () => {
  const source = patterns(128, 1)
  const withSource = (change: Partial<DataSource>): TrainSetup => ({ ...setup, source: { ...source, ...change } })

  it.each([
    ['data without labels', withSource({ labelled: false }), 'DATA_LABELS'],
    ['data of unknown size', withSource({ size: undefined }), 'DATA_SIZE'],
    ['less data than a batch', { ...setup, source: patterns(8, 1) }, 'DATA_SIZE'],
    ['an evaluation without the metric', { ...setup, options: { epochs: 1, best: { metric: 'top5' } } }, 'RUN_METRIC'],
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
      message: 'The loss is no number any more (epoch 1, step 1); first to be none was the weight classifier/weight.',
      hint: expect.stringContaining('in the data and in the weights'),
    })
  })

  it('to go on when the numbers are lost later, and says which state is good', async () => {
    const spoil: TrainingPart = {
      onEpoch: ({ epoch, writeState }) =>
        epoch === 2
          ? writeState({
              'classifier/bias': {
                dataType: 'float32',
                dims: [patternClasses],
                data: Float32Array.of(0, 0, 0, Number.NaN),
              },
            })
          : undefined,
    }
    await expect(train(model, { ...setup, parts: [spoil], checkpoint: memoryStore() })).rejects.toMatchObject({
      code: 'RUN_DIVERGED',
      message: 'The loss is no number any more (epoch 2, step 1); first to be none was the weight classifier/bias.',
      hint: expect.stringContaining('The last good state is 0001-000000 in memory.'),
    })
  })

  it('to go on when the weights are numbers still, but what the model makes of them is none', async () => {
    const evaluate = async () => {
      throw new RunError({ code: 'RUN_NOT_FINITE', message: 'The model makes NaN in logits.' })
    }
    await expect(train(model, { ...setup, evaluate })).rejects.toMatchObject({
      code: 'RUN_DIVERGED',
      message: 'What the model makes is no number any more (after epoch 1).',
      hint: expect.stringContaining('Make the learning rate smaller'),
    })
  })

  it.each(['more', 'fewer'])('a source that gives %s batches than its size says', async than => {
    const own = patterns(than === 'more' ? 160 : 96, 1)
    const lying = { ...own, size: 128, batches: () => own.batches({ batchSize: 16 }) }
    await expect(train(model, { ...setup, source: lying })).rejects.toMatchObject({
      code: 'DATA_SIZE',
      message: `The training data gave ${than} than the 8 batches that its size makes for an epoch.`,
    })
  })

  it('checkpoints of another training, and models that are none', async () => {
    const checkpoint = memoryStore()
    await train(model, { ...setup, options: { ...setup.options, epochs: 1 }, checkpoint })
    const same = { ...setup, options: { ...setup.options, epochs: 1 }, checkpoint }
    const smooth = model.nodes.map(node => (node.op === 'Relu' ? { ...node, op: 'Softplus' } : node))
    const others: readonly (readonly [Graph, TrainSetup])[] = [
      [model, { ...setup, checkpoint }],
      [model, { ...same, seed: 2 }],
      [model, { ...same, source: patterns(128, 3) }],
      [{ ...model, nodes: smooth }, same],
    ]
    for (const [graph, other] of others)
      await expect(train(graph, other)).rejects.toMatchObject({
        code: 'RUN_CHECKPOINT',
        message: expect.stringContaining('another model, data, options or seed'),
      })
    const [name = '', whole] = [...checkpoint.files].at(-1) ?? []
    for (const bytes of [whole?.subarray(0, 1000) ?? new Uint8Array(), bytesOf(model)]) {
      checkpoint.files.set(name, bytes)
      await expect(train(model, { ...setup, checkpoint })).rejects.toMatchObject({
        code: 'RUN_CHECKPOINT',
        message: expect.stringContaining(
          '0001-000000 in memory is no checkpoint of a training, or one of another version',
        ),
      })
    }
  })
})

describe('a checkpoint of another version', () => {
  const options = { ...setup.options, epochs: 2 }
  it.each(['now/classifier/bias', 'now/velocity/stem/weight', 'best/classifier/bias'])(
    'without %s is refused',
    async name => {
      const checkpoint = memoryStore()
      const own = { ...setup, options, checkpoint }
      await train(model, own)
      const kept = await checkpoint.read('0002-000000')
      const initializers = new Map(kept.initializers)
      expect(initializers.delete(name)).toBe(true)
      await checkpoint.write('0002-000000', { ...kept, initializers })
      await expect(train(model, own)).rejects.toMatchObject({
        code: 'RUN_CHECKPOINT',
        message: expect.stringContaining('has other tensors than the training'),
      })
    },
  )
})

/** Weights of a teacher that knows the patterns: each class's quarter of the pixels. */
const quarters = () =>
  Array.from({ length: 64 * patternClasses }, (_, index) => {
    const [place, label] = [Math.floor(index / patternClasses), index % patternClasses]
    return Number(2 * Number(place >= 32) + Number(place % 8 >= 4) === label)
  })
