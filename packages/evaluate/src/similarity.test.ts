import fc from 'fast-check'
import { expect, test } from 'vitest'
import { similaritySums, worseFirst } from './similarity.ts'

const similarity = (reference: readonly number[], candidate: readonly number[], pieces = 1) => {
  const sums = similaritySums()
  const length = Math.ceil(reference.length / pieces)
  for (let first = 0; first < reference.length; first += length)
    sums.add(reference.slice(first, first + length), candidate.slice(first, first + length))
  return sums.result()
}

test('by hand: a tenth of the amplitude as noise is 20 dB', () => {
  const { sqnr, cosine, maxDifference } = similarity([3, 4], [3.3, 4.4])
  expect(sqnr).toBeCloseTo(20, 10)
  expect(cosine).toBeCloseTo(1, 12)
  expect(maxDifference).toBeCloseTo(0.4, 12)
})

test('what nothing differs in has no ratio; nothing is infinite', () => {
  expect(similarity([1, 2], [1, 2])).toEqual({ sqnr: null, cosine: 1, maxDifference: 0 })
  expect(similarity([0, 0], [0, 0])).toEqual({ sqnr: null, cosine: 1, maxDifference: 0 })
  expect(similarity([0, 0], [1, 0])).toEqual({ sqnr: -300, cosine: 0, maxDifference: 1 })
})

const pairs = fc.array(
  fc.tuple(fc.float({ noNaN: true, min: -8, max: 8 }), fc.float({ noNaN: true, min: -8, max: 8 })),
  {
    minLength: 2,
  },
)

test('law: it does not matter in how many pieces the elements come', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 1, max: 5 }), (all, pieces) => {
      const [r, c] = [all.map(([value]) => value), all.map(([, value]) => value)]
      expect(similarity(r, c, pieces)).toEqual(similarity(r, c))
    }),
  )
})

test('law: the cosine lies between −1 and 1 and survives JSON, as all of it does', () => {
  fc.assert(
    fc.property(pairs, all => {
      const result = similarity(
        all.map(([value]) => value),
        all.map(([, value]) => value),
      )
      expect(Math.abs(result.cosine)).toBeLessThanOrEqual(1)
      expect(JSON.parse(JSON.stringify(result), (_, value) => (value === null ? null : value))).toEqual(result)
    }),
  )
})

test('worst first: the exact last', () => {
  const sqnrs = [null, 30, -2].map(sqnr => ({ sqnr, cosine: 1, maxDifference: 0 }))
  expect(sqnrs.sort(worseFirst).map(({ sqnr }) => sqnr)).toEqual([-2, 30, null])
})
