import {
  createBuilder,
  type Graph,
  loadModel,
  needsOf,
  saveModel,
  simplify,
  type TensorData,
  tensorOf,
  typeOf,
} from '@pare/core-graph'
import type { TrainSetup } from '@pare/train'
import { describe, expect, it } from 'vitest'
import { attention } from './strategies/attention.ts'
import { channelWise } from './strategies/channel-wise.ts'
import { fsp } from './strategies/fsp.ts'
import { l2 } from './strategies/l2.ts'
import { softLabel } from './strategies/soft-label.ts'
import { images, lesson, network, taught } from './testing/lesson.ts'
import { numbersOf, randomTensor, runGraph } from './testing/run-graph.ts'

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
      '[32,2,2] is a map and teacher/logits [4] a vector: they cannot be matched.',
    )
    await expect(prepare(relu(3), relu(3), { adapter: false })).rejects.toThrow(
      'stage3/block1/Relu:0 has 32 channels and teacher/stage3/block1/Relu:0 64, and adapters are off.',
    )
  })
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

describe('sizes', () => {
  /** A tensor of the student of this shape, another of the teacher. */
  async function aligned(own: readonly number[], other: readonly number[]) {
    const graph = (shape: readonly number[], scale: number): Graph => {
      const b = createBuilder('model')
      const x = b.input('input', 'float32', ['N', 2, 60])
      const features = b.Mul(b.Reshape(x, b.ints(0, -1)), b.initializer('scale', tensorOf('float32', [1], [scale])))
      const size = shape.reduce((product, length) => product * length, 1)
      b.output(
        b.named(b.Reshape(b.Slice(features, b.ints(0), b.ints(size), b.ints(1)), b.ints(0, ...shape)), 'features'),
      )
      return b.build()
    }
    const options = channelWise.options.parse({ pairs: [{ student: 'features', teacher: 'features' }] })
    const [first, second] = [graph(own, 1), graph(other, 2)]
    const { training } = await channelWise.prepare(first, options, lesson(second).context)
    const extended = training?.extend?.(first) ?? first
    const terms = training?.terms
    const [term] = typeof terms === 'function' ? terms(extended) : []
    const names = [String(term?.student), String(term?.teacher)]
    const x = randomTensor(1, 2, 2, 60)
    const values = await runGraph(extended, { input: x }, names)
    const alone = await runGraph(extended, { input: x }, ['features', 'teacher/features'])
    return { student: values[names[0] ?? ''], teacher: values[names[1] ?? ''], alone }
  }

  it('that are no multiples are interpolated linearly, as at the centres of pixels', async () => {
    const { student: own, teacher: other, alone } = await aligned([1, 6, 6], [1, 4, 4])
    expect(own?.dims).toEqual([2, 1, 4, 4])
    expect(other).toEqual(alone['teacher/features'])
    // Pixel 0 of 4 lies at (0 + ½)·6/4 − ½ = ¼ of 6.
    const [a = 0, b = 0] = numbersOf(alone.features)
    const [c = 0, d = 0] = numbersOf(alone.features).slice(6)
    expect(numbersOf(own)[0]).toBeCloseTo(0.75 * (0.75 * a + 0.25 * b) + 0.25 * (0.75 * c + 0.25 * d), 5)
  })

  it('of tokens are averaged likewise, along the sequence', async () => {
    const { student: own, teacher: other, alone } = await aligned([3, 5], [6, 5])
    expect(own).toEqual(alone.features)
    expect(other?.dims).toEqual([2, 3, 5])
    const rows = numbersOf(alone['teacher/features'])
    const means = Array.from({ length: 15 }, (_, place) => {
      const start = 10 * Math.floor(place / 5) + (place % 5)
      return ((rows[start] ?? 0) + (rows[start + 5] ?? 0)) / 2
    })
    for (const [place, value] of means.entries()) expect(numbersOf(other)[place]).toBeCloseTo(value, 5)
  })

  it('of channels of tokens are learned by a linear layer', async () => {
    const { student: own, teacher: other } = await aligned([4, 3], [4, 5])
    expect(own?.dims).toEqual([2, 4, 5])
    expect(other?.dims).toEqual([2, 4, 5])
  })
})

it('a flow in numbers: G = 1/(H·W)·Σ F₁·F₂', async () => {
  // Two pixels, features (1, 2) and (3, −1): G = (1·3 + 2·(−1))/2 = ½; the teacher's, of (1, 1) and (1, 3), is 2.
  const model = (from: readonly number[], to: readonly number[]) => {
    const b = createBuilder('flows')
    const x = b.input('input', 'float32', ['N', 1, 1, 2])
    const weight = b.initializer('weight', tensorOf('float32', [1, 1, 1, 1], [1]))
    const kept = b.named(b.Conv(x, weight), 'kept')
    b.output(b.named(b.Add(kept, b.constant('float32', [1, 1, 1, 2], from)), 'first'))
    b.output(b.named(b.Add(kept, b.constant('float32', [1, 1, 1, 2], to)), 'second'))
    return b.build()
  }
  const [own, other] = [model([1, 2], [3, -1]), model([1, 1], [1, 3])]
  const pairs = [{ student: ['first', 'second'], teacher: ['first', 'second'] }]
  const result = await fsp.prepare(own, fsp.options.parse({ pairs }), lesson(other).context)
  const zeros: TensorData = { dataType: 'float32', dims: [2, 1, 1, 2], data: new Float32Array(4) }
  const source = {
    size: 2,
    labelled: false,
    batches: async function* () {
      yield { inputs: { input: structuredClone(zeros) }, labels: undefined, size: 2 }
    },
  }
  const { epochs } = await taught(own, [result], source, { epochs: 1, batchSize: 2 })
  expect(epochs[0]?.terms.fsp).toBeCloseTo((0.5 - 2) ** 2, 5)
})

describe("a teacher's tensors that are kept", () => {
  const options = { cache: true }
  const prepare = (context: object) =>
    softLabel.prepare(student, softLabel.options.parse(options), { ...lesson(teacher).context, ...context })

  it('teach the same as the teacher itself, which is not in the graph', async () => {
    const source = images(12, 4)
    const kept = await prepare({ train: source })
    expect(kept.training?.extend?.(student).nodes).toEqual(student.nodes)
    const run = async (part: typeof kept) => taught(student, [part], source, { epochs: 2, batchSize: 4 })
    const merged = await softLabel.prepare(student, softLabel.options.parse({}), lesson(teacher).context)
    const [first, second] = [await run(kept), await run(merged)]
    for (const [index, { loss }] of first.epochs.entries()) expect(loss).toBeCloseTo(second.epochs[index]?.loss ?? 0, 4)
    expect(first.graph.inputs).toEqual(student.inputs)
    expect(first.graph.nodes).toEqual(student.nodes)
  })

  it('are read where an earlier run wrote them', async () => {
    const files = new Map<string, TensorData>()
    const tensors = {
      read: async (name: string) => files.get(name),
      write: async (name: string, tensor: TensorData) => {
        files.set(name, tensor)
      },
    }
    const source = images(12, 4)
    await prepare({ train: source, tensors })
    expect([...files]).toMatchObject([['teacher logits', { dims: [12, 4] }]])
    const unread = {
      ...source,
      batches: () => {
        throw new Error('The data was read again.')
      },
    }
    await expect(prepare({ train: unread, tensors })).resolves.toBeDefined()
    await expect(prepare({ train: unread })).rejects.toThrow('The data was read again.')
  })

  it('need samples that are the same each time, their number known', async () => {
    await expect(prepare({ train: images(8, 1, { augments: true }) })).rejects.toMatchObject({
      code: 'DATA_CACHE',
      message:
        "distill.soft-label: a teacher's tensors cannot be kept, since the training data is changed at random in each epoch.",
    })
    await expect(prepare({ train: { ...images(8, 1), size: undefined } })).rejects.toThrow('cannot be kept of a stream')
    expect(needsOf(softLabel, softLabel.options.parse(options))).toEqual(['teacher', 'train'])
  })
})
