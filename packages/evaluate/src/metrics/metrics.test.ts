import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Metric } from '../metric.ts'
import type { ScoreKind, Scores } from '../scores.ts'
import { classAccuracy } from './class-accuracy.ts'
import { crossEntropy } from './cross-entropy.ts'
import { topK } from './top-k.ts'

interface Sample {
  readonly scores: readonly number[]
  readonly label: number
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]) => sum(values) / values.length

/** Classes by falling score, equal ones by number. */
const ranking = ({ scores }: Sample) =>
  scores.map((score, index) => ({ score, index })).sort((a, b) => b.score - a.score || a.index - b.index)

/** Each metric beside its plain definition over all samples at once. */
const references: readonly {
  readonly metric: Metric
  readonly kind?: ScoreKind
  readonly expected: (samples: readonly Sample[]) => number
}[] = [
  ...[1, 2, 5].map(k => ({
    metric: topK(k),
    expected: (samples: readonly Sample[]) =>
      mean(
        samples.map(sample =>
          ranking(sample)
            .slice(0, k)
            .some(({ index }) => index === sample.label)
            ? 1
            : 0,
        ),
      ),
  })),
  {
    metric: crossEntropy,
    expected: samples =>
      mean(samples.map(({ scores, label }) => Math.log(sum(scores.map(Math.exp))) - (scores[label] ?? 0))),
  },
  {
    metric: crossEntropy,
    kind: 'probabilities',
    expected: samples => -mean(samples.map(({ scores, label }) => Math.log(Math.max(scores[label] ?? 0, 1e-7)))),
  },
  {
    metric: classAccuracy,
    expected: samples =>
      mean(
        [...new Set(samples.map(({ label }) => label))].map(label => {
          const own = samples.filter(sample => sample.label === label)
          return own.filter(sample => ranking(sample)[0]?.index === label).length / own.length
        }),
      ),
  },
]

const classes = 4

/** Multiples of 1/4 from 0 to 1, so that ties are frequent and float32 holds them exactly. */
const samples = fc.array(
  fc.record({
    scores: fc.array(
      fc.integer({ min: 0, max: 4 }).map(quarters => quarters / 4),
      { minLength: classes, maxLength: classes },
    ),
    label: fc.integer({ min: 0, max: classes - 1 }),
  }),
  { minLength: 1, maxLength: 30 },
)

function measure(metric: Metric, all: readonly Sample[], batchSize: number, kind: ScoreKind = 'logits') {
  const measurement = metric.begin()
  for (let first = 0; first < all.length; first += batchSize) {
    const part = all.slice(first, first + batchSize)
    const size = part.length
    const scores: Scores = { values: Float32Array.from(part.flatMap(sample => sample.scores)), classes, size, kind }
    const labels = Int32Array.from(part, sample => sample.label)
    measurement.add({ inputs: {}, outputs: {}, labels, scores, size })
  }
  return measurement
}

describe.each(references)('$metric.id ($kind)', ({ metric, kind, expected }) => {
  test('law: is its definition, whatever the size and order of the batches', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 9 }), (all, batchSize) => {
        const wanted = expected(all)
        expect(measure(metric, all, batchSize, kind).result()).toBeCloseTo(wanted, 10)
        expect(measure(metric, all.toReversed(), batchSize, kind).result()).toBeCloseTo(wanted, 10)
      }),
    )
  })
})

test('law: top-k grows with k, up to 1 at the number of classes', () => {
  fc.assert(
    fc.property(samples, all => {
      const shares = [1, 2, 3, 4, 9].map(k => measure(topK(k), all, 8).result())
      expect(shares).toEqual(shares.toSorted((a, b) => a - b))
      expect(shares.slice(3)).toEqual([1, 1])
    }),
  )
})

test('of equal scores the lowest class comes first', () => {
  const scores = [0.5, 0.5, 0.5, 0]
  expect([0, 1, 2].map(label => measure(topK(2), [{ scores, label }], 1).result())).toEqual([1, 1, 0])
})

test('the loss of large logits does not overflow', () => {
  expect(measure(crossEntropy, [{ scores: [1000, 998, 0, 0], label: 1 }], 1).result()).toBeCloseTo(
    2 + Math.log1p(Math.exp(-2)),
    10,
  )
})

test('class accuracy counts who is taken for whom; a class without samples has none', () => {
  const all = [
    { scores: [1, 0, 0, 0], label: 0 },
    { scores: [0, 1, 0, 0], label: 0 },
    { scores: [0, 1, 0, 0], label: 1 },
    { scores: [1, 0, 0, 0], label: 3 },
  ]
  const measurement = measure(classAccuracy, all, 3)
  expect(measurement.result()).toBeCloseTo((0.5 + 1 + 0) / 3, 12)
  expect(measurement.details()).toEqual({
    confusion: [
      [1, 1, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 0],
      [1, 0, 0, 0],
    ],
    accuracies: [0.5, 1, null, 0],
  })
})
