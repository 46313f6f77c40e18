import { createRandom } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addToHistogram, binsInUse, binsPerSide, binWidth, createHistogram } from './histogram.ts'

const floats = fc.float32Array({
  noNaN: true,
  noDefaultInfinity: true,
  min: -1e6,
  max: 1e6,
  minLength: 1,
  maxLength: 50,
})

function histogramOf(batches: readonly Float32Array[]) {
  const histogram = createHistogram()
  for (const batch of batches) addToHistogram(histogram, batch, { low: Math.min(...batch), high: Math.max(...batch) })
  return histogram
}

test('values fall into equal bins on either side of zero', () => {
  const histogram = histogramOf([Float32Array.of(0, 0, 1, 4, -2)])
  expect(histogram).toMatchObject({ bound: 4, zeros: 2, total: 5, low: -2, high: 4 })
  expect(binWidth(histogram)).toBe(4 / binsPerSide)
  expect(histogram.positive[binsPerSide / 4 - 1]).toBe(1)
  expect(histogram.positive[binsPerSide - 1]).toBe(1)
  expect(histogram.negative[binsPerSide / 2 - 1]).toBe(1)
})

test('law: batches in any order give the histogram of all values at once', () => {
  fc.assert(
    fc.property(fc.array(floats, { minLength: 1, maxLength: 6 }), batches => {
      const all = Float32Array.from(batches.flatMap(batch => [...batch]))
      expect(histogramOf(batches)).toEqual(histogramOf([all]))
      expect(histogramOf(batches.toReversed())).toEqual(histogramOf([all]))
    }),
    { numRuns: 60 },
  )
})

test('many values that are not negative are counted as few are', () => {
  const random = createRandom(5)
  const values = Float32Array.from({ length: 2 * binsPerSide + 1001 }, () =>
    random() < 0.4 ? 0 : random() < 0.1 ? 2 ** -140 : random() ** 4,
  )
  const few = Array.from({ length: Math.ceil(values.length / 999) }, (_, part) =>
    values.subarray(part * 999, (part + 1) * 999),
  )
  expect(histogramOf([values])).toEqual(histogramOf(few))
})

test('law: nothing is lost, and the values in use fill at least half of the bins', () => {
  fc.assert(
    fc.property(floats, values => {
      const histogram = histogramOf([values])
      const counted = [...histogram.positive, ...histogram.negative].reduce((a, b) => a + b, 0)
      expect(counted + histogram.zeros).toBe(values.length)
      if (counted > 0) expect(binsInUse(histogram)).toBeGreaterThanOrEqual(binsPerSide / 2)
    }),
    { numRuns: 60 },
  )
})
