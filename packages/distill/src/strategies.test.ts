import {
  createBuilder,
  type Graph,
  type StrategyResult,
  simplify,
  type TensorData,
  tensorNumbers,
  tensorOf,
} from '@pare/core-graph'
import { describe, expect, it, test } from 'vitest'
import { attention } from './strategies/attention.ts'
import { channelWise } from './strategies/channel-wise.ts'
import { fsp } from './strategies/fsp.ts'
import { l2 } from './strategies/l2.ts'
import { softLabel } from './strategies/soft-label.ts'
import { images, lesson, network, sampleShape, taught } from './testing/lesson.ts'
import { numbersOf, randomTensor, runGraph } from './testing/run-graph.ts'

// Without BatchNormalization, whose statistics in training are the batch's, training computes what inference does.
const student = simplify(network(1)).graph
const teacher = network(2, 1)
const batch = 4

/** Feature maps in float64: samples, channels, pixels. */
type Maps = readonly (readonly (readonly number[])[])[]

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length

function maps(tensor: TensorData | undefined): Maps {
  const [samples = 0, channels = 0] = tensor?.dims ?? []
  const values = numbersOf(tensor)
  const pixels = values.length / samples / channels
  return Array.from({ length: samples }, (_, n) =>
    Array.from({ length: channels }, (_, c) =>
      values.slice((n * channels + c) * pixels, (n * channels + c + 1) * pixels),
    ),
  )
}

const squared = (a: Maps, b: Maps) =>
  mean(a.flatMap((sample, n) => sample.flatMap((row, c) => row.map((x, i) => (x - (b[n]?.[c]?.[i] ?? 0)) ** 2))))

/** 1×1 convolution by the weights that the adapter starts with. */
function adapted(x: Maps, graph: Graph, name: string): Maps {
  const weight = graph.initializers.get(`${name}/weight`)
  const [to = 0, from = 0] = weight?.dims ?? []
  const w = weight ? tensorNumbers(weight) : []
  return x.map(sample =>
    Array.from({ length: to }, (_, o) =>
      (sample[0] ?? []).map((_, i) => sum(sample.map((row, c) => (w[o * from + c] ?? 0) * (row[i] ?? 0)))),
    ),
  )
}

/** Means of 2×2 windows of a square map. */
const halved = (x: Maps): Maps =>
  x.map(sample =>
    sample.map(row => {
      const side = Math.sqrt(row.length)
      return Array.from({ length: row.length / 4 }, (_, place) => {
        const [top, left] = [2 * Math.floor(place / (side / 2)), 2 * (place % (side / 2))]
        return mean([0, 1].flatMap(y => [0, 1].map(z => row[(top + y) * side + left + z] ?? 0)))
      })
    }),
  )

const flow = (from: Maps, to: Maps): Maps =>
  from.map((sample, n) => sample.map(row => (to[n] ?? []).map(other => mean(row.map((x, i) => x * (other[i] ?? 0))))))

const softmax = (values: readonly number[], temperature: number) => {
  const powers = values.map(value => Math.exp(value / temperature))
  return powers.map(power => power / sum(powers))
}

const attentions = (x: Maps) =>
  x.map(sample => {
    const map = (sample[0] ?? []).map((_, i) => sum(sample.map(row => (row[i] ?? 0) ** 2)))
    const length = Math.sqrt(sum(map.map(value => value ** 2)))
    return map.map(value => value / length)
  })

const stage = (number: number) => `stage${number}/block1/Relu:0`
const [one, two, three] = [stage(1), stage(2), stage(3)]

interface Tensors {
  readonly s: (name: string) => Maps
  readonly t: (name: string) => Maps
  /** With the initial adapters. */
  readonly graph: Graph
}

interface StrategyCase {
  readonly name: string
  readonly make: () => Promise<StrategyResult>
  /** The terms in float64, by name, without weights. */
  readonly terms: (tensors: Tensors) => Readonly<Record<string, number>>
}

const given = () => lesson(teacher).context
const options = <Options>(strategy: { readonly options: { parse(value: unknown): Options } }, value: unknown) =>
  strategy.options.parse(value)

const softened =
  (own: number, other: number, factor: number) =>
  ({ s, t }: Tensors) => {
    const [a, b] = [s('logits'), t('logits')].map(scores => scores.map(rows => rows.flat()))
    return (
      factor *
      mean(
        (a ?? []).map((row, n) => {
          const [p, q] = [softmax(b?.[n] ?? [], other), softmax(row, own)]
          return -sum(p.map((share, k) => share * Math.log(q[k] ?? 0)))
        }),
      )
    )
  }

const cases: readonly StrategyCase[] = [
  ...[
    { given: {}, value: softened(4, 4, 16) },
    { given: { scaled: false }, value: softened(4, 4, 1) },
    { given: { temperature: 2, teacherTemperature: 3 }, value: softened(2, 3, 4) },
    { given: { temperature: 1 }, value: softened(1, 1, 1) },
  ].map(({ given: own, value }) => ({
    name: `soft-label ${JSON.stringify(own)}`,
    make: () => softLabel.prepare(student, options(softLabel, own), given()),
    terms: (tensors: Tensors) => ({ 'soft-label': value(tensors) }),
  })),
  {
    name: 'l2 through an adapter, since channels differ',
    make: () => l2.prepare(student, options(l2, { pairs: [{ student: two, teacher: two }] }), given()),
    terms: ({ s, t, graph }) => ({
      l2: squared(adapted(s(two), graph, `distill/l2/adapter-auto/${two}~${two}/adapter`), t(two)),
    }),
  },
  {
    name: 'l2 of a smaller student: the teacher is averaged over windows',
    make: () => l2.prepare(student, options(l2, { pairs: [{ student: two, teacher: one }] }), given()),
    terms: ({ s, t }) => ({ l2: squared(s(two), halved(t(one))) }),
  },
  {
    name: 'fsp through adapters',
    make: () => fsp.prepare(student, options(fsp, { pairs: [{ student: [two, two], teacher: [two, one] }] }), given()),
    terms: ({ s, t, graph }) => {
      const key = `distill/fsp/adapter-auto/${two},${two}~${two},${one}`
      const own = flow(adapted(s(two), graph, `${key}/adapter`), s(two))
      return { fsp: squared(own, flow(t(two), halved(t(one)))) }
    },
  },
  {
    name: 'attention of several pairs by pattern',
    make: () =>
      attention.prepare(
        student,
        options(attention, { pairs: [{ student: 'stage*/block1/Relu:0', teacher: 'stage*/block1/Add:0' }] }),
        given(),
      ),
    terms: ({ s, t }) =>
      Object.fromEntries(
        [1, 2, 3].map(number => {
          const [own, other] = [attentions(s(stage(number))), attentions(t(`stage${number}/block1/Add:0`))]
          const distances = own.map((map, n) => sum(map.map((value, i) => (value - (other[n]?.[i] ?? 0)) ** 2)))
          return [`attention ${stage(number)}`, mean(distances)]
        }),
      ),
  },
  {
    name: 'channel-wise',
    make: () =>
      channelWise.prepare(
        student,
        options(channelWise, { pairs: [{ student: three, teacher: two }], temperature: 2 }),
        given(),
      ),
    terms: ({ s, t }) => {
      const divergences = halved(t(two)).flatMap((sample, n) =>
        sample.map((row, c) => {
          const [p, q] = [softmax(row, 2), softmax(s(three)[n]?.[c] ?? [], 2)]
          return sum(p.map((share, i) => share * Math.log(share / (q[i] ?? 0))))
        }),
      )
      return { 'channel-wise': 4 * mean(divergences) }
    },
  },
]

describe('what a training by strategies of distillation makes small', () => {
  const x = randomTensor(7, batch, ...sampleShape)
  const names = [one, two, three, ...[1, 2, 3].map(number => `stage${number}/block1/Add:0`), 'logits']

  test.each(cases)('$name is its definition in float64', async ({ make, terms }) => {
    const result = await make()
    expect(result.graph).toBe(student)
    const [own, other] = [
      await runGraph(student, { input: x }, names),
      await runGraph(simplify(teacher).graph, { input: x }, names),
    ]
    const expected = terms({
      s: name => maps(own[name]),
      t: name => maps(other[name]),
      graph: result.training?.extend?.(student) ?? student,
    })
    const { epochs } = await taught(student, [result], images(batch, 7), { epochs: 1, batchSize: batch })
    const actual = epochs[0]?.terms ?? {}
    expect(Object.keys(actual)).toEqual(Object.keys(expected))
    for (const [name, value] of Object.entries(expected)) expect((actual[name] ?? 0) / value).toBeCloseTo(1, 4)
  })
})

it('soft labels of pixels are the mean over all of them', async () => {
  const dense = (seed: number) => {
    const b = createBuilder('dense')
    const { dims, data } = randomTensor(seed, 3, 1, 1, 1)
    const x = b.input('input', 'float32', ['N', ...sampleShape])
    b.output(b.named(b.Conv(x, b.initializer('weight', tensorOf('float32', dims, data))), 'scores'))
    return b.build()
  }
  const [own, other] = [dense(1), dense(2)]
  const result = await softLabel.prepare(own, options(softLabel, { temperature: 1 }), lesson(other).context)
  const { epochs } = await taught(own, [result], images(batch, 7), { epochs: 1, batchSize: batch })
  const x = randomTensor(7, batch, ...sampleShape)
  const [a, b] = [maps((await runGraph(own, { input: x })).scores), maps((await runGraph(other, { input: x })).scores)]
  const entropies = a.flatMap((sample, n) =>
    (sample[0] ?? []).map((_, pixel) => {
      const [p, q] = [b[n] ?? [], sample].map(rows =>
        softmax(
          rows.map(row => row[pixel] ?? 0),
          1,
        ),
      )
      return -sum((p ?? []).map((share, k) => share * Math.log(q?.[k] ?? 0)))
    }),
  )
  expect(epochs[0]?.terms['soft-label']).toBeCloseTo(mean(entropies), 5)
})

describe('a student that is taught', () => {
  it('comes half as near to its teacher within 50 steps, without labels, and has nothing of the teacher', async () => {
    const unfolded = network(3)
    const result = await l2.prepare(unfolded, options(l2, { pairs: [{ student: three, teacher: three }] }), given())
    const { graph, epochs } = await taught(unfolded, [result], images(80, 8), {
      epochs: 5,
      batchSize: 8,
      optimizer: { learningRate: 0.02 },
    })
    expect(epochs.at(-1)?.loss).toBeLessThan((epochs[0]?.loss ?? 0) / 2)
    expect(graph.inputs).toEqual(unfolded.inputs)
    expect(graph.nodes).toEqual(unfolded.nodes)
    expect([...graph.initializers.keys()].sort()).toEqual([...unfolded.initializers.keys()].sort())
    expect(graph.initializers).not.toEqual(unfolded.initializers)
  })
})
