import { z } from 'zod'
import { type ActivationType, affineOf, dequantize, quantize, type Range } from '../affine.ts'
import { addToHistogram, binsInUse, binWidth, createHistogram, type Histogram } from '../histogram.ts'
import { defineObserver } from '../observer.ts'

/**
 * The range that minimises E[(x − dequantize(quantize(x)))²] over the histogram. Candidates for each end are k/n of
 * the extreme value, k = 1…n. Where the values have both signs the ends are improved in turn until neither moves.
 */
export const meanSquaredError = defineObserver({
  id: 'mean-squared-error',
  description: 'The range with the least expected squared error of rounding and cutting off together.',
  options: z.strictObject({
    candidates: z.int().min(2).max(1000).default(100).describe('How many candidates are tried for each end'),
  }),
  needs: 'values',
  start: createHistogram,
  observe: addToHistogram,
  range: (histogram, type, { candidates }) => {
    const points = pointsOf(histogram)
    const extremes = { low: Math.min(0, histogram.low), high: Math.max(0, histogram.high) }
    const fractions = Array.from({ length: candidates }, (_, index) => 1 - index / candidates)
    const error = (range: Range) => squaredError(points, range, type)
    let best = extremes
    for (let last: Range | undefined; last?.low !== best.low || last?.high !== best.high; ) {
      last = best
      best = least(
        fractions.map(fraction => ({ ...best, high: extremes.high * fraction })),
        best,
        error,
      )
      best = least(
        fractions.map(fraction => ({ ...best, low: extremes.low * fraction })),
        best,
        error,
      )
    }
    return best
  },
})

function least(candidates: readonly Range[], start: Range, error: (range: Range) => number): Range {
  let best = start
  let smallest = error(start)
  for (const candidate of candidates) {
    const found = error(candidate)
    if (found < smallest) {
      smallest = found
      best = candidate
    }
  }
  return best
}

interface Points {
  readonly values: Float64Array
  readonly counts: Float64Array
}

/** The middles of the bins that hold something, with their counts. */
function pointsOf(histogram: Histogram): Points {
  const values: number[] = []
  const counts: number[] = []
  const width = binWidth(histogram)
  for (let bin = 0; bin < binsInUse(histogram); bin++) {
    const positive = histogram.positive[bin] ?? 0
    const negative = histogram.negative[bin] ?? 0
    if (positive > 0) values.push(Math.min((bin + 0.5) * width, histogram.high))
    if (positive > 0) counts.push(positive)
    if (negative > 0) values.push(Math.max(-(bin + 0.5) * width, histogram.low))
    if (negative > 0) counts.push(negative)
  }
  return { values: Float64Array.from(values), counts: Float64Array.from(counts) }
}

function squaredError({ values, counts }: Points, range: Range, type: ActivationType): number {
  const affine = affineOf(range, type)
  let sum = 0
  for (const [index, value] of values.entries())
    sum += (counts[index] ?? 0) * (value - dequantize(quantize(value, affine), affine)) ** 2
  return sum
}
