import {
  createBuilder,
  dataTypeCode,
  type Graph,
  loadModel,
  saveModel,
  simplify,
  tensorOf,
  typeOf,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { planTraining, type TrainSetup } from '@pare/train'
import { describe, expect, it } from 'vitest'
import { attention } from './strategies/attention.ts'
import { channelWise } from './strategies/channel-wise.ts'
import { l2 } from './strategies/l2.ts'
import { softLabel } from './strategies/soft-label.ts'
import { images, lesson, network, taught } from './testing/lesson.ts'
import { randomTensor } from './testing/run-graph.ts'

const student = network(1)
const teacher = network(2, 1)
const relu = (stage: number) => `stage${stage}/block1/Relu:0`
const short = { epochs: 1, batchSize: 4 }

const l2Of = (own: string, other: string, more: object = {}) =>
  l2.options.parse({ pairs: [{ student: own, teacher: other }], ...more })

describe('pairs', () => {
  const prepare = (own: string, other: string, more: object = {}) =>
    l2.prepare(student, l2Of(own, other, more), lesson(teacher).context)

  it('of a tensor that does not exist names the nearest', async () => {
    await expect(prepare('stage1/block1/Relu:1', relu(1))).rejects.toMatchObject({
      code: 'RECIPE_PAIR',
      message: 'The student resnet-8 has no float tensor stage1/block1/Relu:1.',
      hint: expect.stringContaining('The nearest are stage1/block1/Relu:0, '),
    })
    await expect(prepare(relu(1), 'relu*')).rejects.toThrow('The teacher resnet-8 has no float tensor relu*.')
  })

  it('of a tensor that folding took away say so', async () => {
    await expect(prepare(relu(1), 'stage1/block1/conv1/Conv:0')).rejects.toMatchObject({
      hint: expect.stringContaining('Folding BatchNormalization and quantization take the places of some tensors.'),
    })
  })

  it('by pattern go together by what the stars stand for; what is left alone is told', async () => {
    const { context, notes } = lesson(teacher)
    const options = l2Of('stage*/block1/Add:0', '*/block1/conv2/BatchNormalization:0')
    await expect(l2.prepare(student, options, context)).rejects.toThrow(
      'stage*/block1/Add:0 and */block1/conv2/BatchNormalization:0 match no tensors that go together: * stands for 1, 2, 3 against stage1, stage2, stage3.',
    )
    const shortcuts = await attention.prepare(
      student,
      attention.options.parse({
        pairs: [{ student: 'stage*/block1/Add:0', teacher: 'stage*/block1/shortcut/BatchNormalization:0' }],
      }),
      context,
    )
    expect(shortcuts.training?.extend?.(student)).toBeDefined()
    expect(notes).toEqual([
      'stage*/block1/Add:0 and stage*/block1/shortcut/BatchNormalization:0: 1 matches have no counterpart, such as 1.',
    ])
  })

  it('need as many stars on both sides', async () => {
    await expect(prepare('stage*/block1/Relu:0', relu(1))).rejects.toThrow('do not have the same number of *.')
  })

  it('of other kinds, or of other channels without an adapter, cannot be matched', async () => {
    await expect(prepare(relu(3), 'logits')).rejects.toThrow(
      '[32,2,2] is a feature map and teacher/logits [4] a vector: they cannot be matched.',
    )
    await expect(prepare(relu(3), relu(3), { adapter: false })).rejects.toThrow(
      'stage3/block1/Relu:0 has 32 channels and teacher/stage3/block1/Relu:0 64, and adapters are off.',
    )
  })
})

it.each([attention, channelWise])('of vectors have no places for $id to compare', async strategy => {
  const options = strategy.options.parse({ pairs: [{ student: 'logits', teacher: 'logits' }] })
  await expect(strategy.prepare(student, options as never, lesson(teacher).context)).rejects.toMatchObject({
    code: 'RECIPE_PAIR',
    message: `logits [4] is a vector; ${strategy.id} compares feature maps and sequences.`,
  })
})

it('may be of a teacher that computes in half floats', async () => {
  const b = createBuilder('half')
  const x = b.input('input', 'float32', ['N', 1, 8, 8])
  const half = b.named(b.Cast(b.Flatten(x), { to: dataTypeCode('float16') }), 'half')
  b.output(b.Cast(half, { to: dataTypeCode('float32') }))
  const result = await l2.prepare(student, l2Of('logits', 'half'), lesson(b.build()).context)
  const { epochs } = await taught(student, [result], images(4, 3), short)
  expect(epochs[0]?.terms.l2).toBeGreaterThan(0)
})

describe('soft labels', () => {
  it('are of the same classes', async () => {
    const { context } = lesson(network(2, 1, 10))
    await expect(softLabel.prepare(student, softLabel.options.parse({}), context)).rejects.toMatchObject({
      code: 'MODEL_TEACHER',
      message: 'The teacher tells 10 classes apart and the student 4: soft labels need the same classes.',
    })
  })

  it('are made of what the last Softmax reads, and of no probabilities', async () => {
    const b = createBuilder(teacher)
    b.output(b.named(b.Softmax(b.value('logits')), 'shares'))
    const withSoftmax = { ...b.build(), outputs: b.build().outputs.slice(1) }
    const { context } = lesson(withSoftmax)
    const { details } = await softLabel.prepare(student, softLabel.options.parse({}), context)
    expect(details).toMatchObject({ pairs: [{ teacher: [{ tensor: 'logits' }] }] })
    await expect(softLabel.prepare(student, softLabel.options.parse({ teacher: 'shares' }), context)).rejects.toThrow(
      'teacher: shares holds probabilities, which a Softmax made; soft labels are made of logits.',
    )
  })
})

it('soft labels of an old student are found where the newest form of the operators has them', async () => {
  // Softmax of operator set 11 flattens what comes from its axis on: here to the scores of four classes.
  const b = createBuilder('old')
  const x = b.Flatten(b.input('input', 'float32', ['N', 1, 8, 8]))
  const weight = b.initializer('weight', tensorOf('float32', [64, 4], randomTensor(1, 64, 4).data))
  b.output(b.named(b.Softmax(b.Reshape(b.MatMul(x, weight), b.ints(0, 2, 2)), { axis: 1 }), 'shares'))
  const old: Graph = { ...b.build(), opsets: new Map([['', 11]]) }
  const result = await softLabel.prepare(old, softLabel.options.parse({}), lesson(teacher).context)
  const { epochs } = await taught(old, [result], images(4, 3), short)
  expect(epochs[0]?.terms['soft-label']).toBeGreaterThan(0)
})

it('a strategy without a teacher says what it lacks', async () => {
  const { teacher: _, ...context } = lesson(teacher).context
  await expect(l2.prepare(student, l2Of(relu(1), relu(1)), context)).rejects.toMatchObject({ code: 'RECIPE_NEED' })
})

describe('strategies of one stage', () => {
  it('share the teacher that the first one added, and what the same pair needs', async () => {
    const { context } = lesson(teacher)
    const parts = [
      await l2.prepare(student, l2Of(relu(2), relu(2)), context),
      await softLabel.prepare(student, softLabel.options.parse({}), context),
      await l2.prepare(student, l2Of(relu(2), relu(2), { weight: 2 }), context),
    ]
    const extended = parts.reduce((graph, { training }) => training?.extend?.(graph) ?? graph, student)
    const single = parts[0]?.training?.extend?.(student)
    expect(extended.nodes).toEqual(single?.nodes)
    const { epochs } = await taught(student, parts, images(8, 3), short)
    const [{ terms, loss } = { terms: {} as Readonly<Record<string, number>>, loss: 0 }] = epochs
    expect(terms['l2-2']).toBe(terms.l2)
    expect(loss).toBeCloseTo(3 * (terms.l2 ?? 0) + (terms['soft-label'] ?? 0), 4)
  })

  it('train the student and its adapters, and nothing of the teacher', async () => {
    const { context } = lesson(teacher)
    const parts = [
      await softLabel.prepare(student, softLabel.options.parse({}), context),
      await l2.prepare(student, l2Of(relu(2), relu(2)), context),
    ].flatMap(({ training }) => training ?? [])
    const { trained } = await planTraining(student, {
      options: { ...short, loss: [] },
      source: images(8, 3),
      executor: createExecutor({ threads: 1 }),
      parts,
      seed: 1,
      measuredSteps: 0,
    })
    const names = trained.map(({ name }) => name)
    const adapter = `distill/l2/adapter-auto/${relu(2)}~${relu(2)}/adapter`
    expect(names.filter(name => !student.initializers.has(name))).toEqual([`${adapter}/weight`, `${adapter}/bias`])
    expect(names.length).toBeGreaterThan(10)
  })

  it('may change the student behind a distillation: adapters are made for what is trained', async () => {
    const { training } = await l2.prepare(student, l2Of(relu(2), relu(2)), lesson(teacher).context)
    const narrow = network(1, 0.25)
    const extended = training?.extend?.(narrow) ?? narrow
    expect(typeOf(extended, `distill/l2/adapter-auto/${relu(2)}~${relu(2)}/output`).shape).toEqual(['N', 32, 4, 4])
    expect(typeOf(extended, relu(2)).shape).toEqual(['N', 8, 4, 4])
  })

  it('may take a tensor away, which is told then', async () => {
    const { training } = await l2.prepare(student, l2Of('stem/Conv:0', 'stem/Relu:0'), lesson(teacher).context)
    expect(() => training?.extend?.(simplify(student).graph)).toThrow(
      'The student resnet-8 has no float tensor stem/Conv:0.',
    )
  })
})

it('the terms count in the epochs that are given', async () => {
  const options = l2Of(relu(3), relu(3), { epochs: { from: 2, to: 2 } })
  const { context } = lesson(teacher)
  const parts = [
    await l2.prepare(student, options, context),
    await softLabel.prepare(student, softLabel.options.parse({}), context),
  ]
  const { epochs, graph } = await taught(student, parts, images(8, 3), { ...short, epochs: 3 })
  expect(epochs.map(({ terms }) => (terms.l2 ?? 0) > 0)).toEqual([false, true, false])
  expect([...graph.initializers.keys()].filter(name => name.startsWith('distill'))).toEqual([])
  expect(() => l2Of(relu(3), relu(3), { epochs: { from: 3, to: 2 } })).toThrow('it ends before it begins')
})

it('terms that never count are told', async () => {
  const { context, notes } = lesson(teacher)
  const result = await softLabel.prepare(student, softLabel.options.parse({ epochs: { from: 5 } }), context)
  await taught(student, [result], images(4, 3), short)
  expect(notes).toEqual(['distill.soft-label counts from epoch 5 on, which the training of 1 does not reach.'])
})

it('the same seed gives the same adapters and weights', async () => {
  const bytes = async (seed: number) => {
    const result = await l2.prepare(student, l2Of(relu(2), relu(2)), lesson(teacher, { seed }).context)
    return Buffer.from(saveModel((await taught(student, [result], images(8, 3), short)).graph).model)
  }
  const first = await bytes(1)
  expect(await bytes(1)).toEqual(first)
  expect(await bytes(2)).not.toEqual(first)
})

it('a training that was interrupted goes on to the same bytes, adapters and epochs of terms included', async () => {
  const files = new Map<string, Uint8Array>()
  const checkpoint: TrainSetup['checkpoint'] = {
    name: 'memory',
    list: async () => [...files.keys()],
    read: async name => loadModel(files.get(name) ?? new Uint8Array()),
    write: async (name, graph) => {
      files.set(name, saveModel(graph).model)
    },
    remove: async name => {
      files.delete(name)
    },
  }
  const run = async (more: Partial<TrainSetup>) => {
    const options = l2Of(relu(2), relu(2), { epochs: { from: 2 } })
    const parts = [
      await l2.prepare(student, options, lesson(teacher).context),
      await softLabel.prepare(student, softLabel.options.parse({}), lesson(teacher).context),
    ]
    const { graph, epochs } = await taught(student, parts, images(12, 3), { ...short, epochs: 3 }, more)
    return { bytes: Buffer.from(saveModel(graph).model), epochs }
  }
  const whole = await run({})
  const controller = new AbortController()
  const onProgress: TrainSetup['onProgress'] = ({ epoch, step }) => {
    if (epoch === 2 && step === 2) controller.abort(new Error('enough'))
  }
  await expect(run({ checkpoint, signal: controller.signal, onProgress })).rejects.toThrow('enough')
  expect(await run({ checkpoint })).toEqual(whole)
})
