import { z } from 'zod'
import type { ActivationType } from '../affine.ts'
import { addToHistogram, binsInUse, binWidth, createHistogram, type Histogram } from '../histogram.ts'
import { defineObserver } from '../observer.ts'

/** Candidate thresholds lie so many bins apart. */
const step = 16

/**
 * The threshold t that minimises KL(P ‖ Q), where over the bins of |x| below t
 *   P = the counts, and all that lies beyond t added to the last bin;
 *   Q = the counts without what lies beyond, merged into as many levels as the quantized type has, and each level
 *       spread evenly over those of its bins that are not empty.
 * Both are normalised. The last bin of Q, where it is empty and P's is not, counts as one value. Exact zeros are left
 * out of both.
 * The range is [max(min x, −t), min(max x, t)].
 * Szymon Migacz, "8-bit Inference with TensorRT", GTC 2017, with one to two bins a level for each threshold rather than
 * sixteen and more: a value that is taken again and again, such as a constant background's, is a peak of one bin, and
 * spreading it over many would count as a great loss although rounding hardly moves it.
 */
export const klDivergence = defineObserver({
  id: 'kl-divergence',
  description: 'The range whose quantized distribution loses the least information (entropy calibration).',
  options: z.strictObject({}),
  needs: 'values',
  start: createHistogram,
  observe: addToHistogram,
  range: (histogram, type) => {
    const { low, high } = histogram
    const bins = binsInUse(histogram)
    const threshold = bestThreshold(magnitudes(histogram).subarray(0, bins), levelsOf(histogram, type))
    const limit = threshold === bins ? Number.POSITIVE_INFINITY : threshold * binWidth(histogram)
    return { low: Math.max(low, -limit), high: Math.min(high, limit) }
  },
})

/** Counts of |x|. */
const magnitudes = ({ positive, negative }: Histogram): Float64Array =>
  positive.map((count, bin) => count + (negative[bin] ?? 0))

/** How many levels a magnitude is quantized to: all of the type's where the values have one sign, else half of them. */
const levelsOf = ({ low, high }: Histogram, { symmetric }: ActivationType): number =>
  !symmetric && (low >= 0 || high <= 0) ? 256 : 128

/** The number of bins, of those given, whose divergence is least: all of them, or a multiple of `step`. */
export function bestThreshold(counts: Float64Array, levels: number): number {
  let best = counts.length
  let least = Number.POSITIVE_INFINITY
  const merged = new Map<number, Float64Array>()
  for (let bins = counts.length; bins >= levels; bins = step * Math.ceil(bins / step - 1)) {
    const factor = 2 ** Math.floor(Math.log2(bins / levels))
    const coarse = merged.get(factor) ?? mergedBins(counts, factor)
    merged.set(factor, coarse)
    const found = divergence(coarse, Math.ceil(bins / factor), levels)
    if (found < least) {
      least = found
      best = bins
    }
  }
  return best
}

/** Every `factor` neighbouring bins become one. */
function mergedBins(counts: Float64Array, factor: number): Float64Array {
  const sums = new Float64Array(Math.ceil(counts.length / factor))
  for (const [bin, count] of counts.entries()) {
    const target = Math.floor(bin / factor)
    sums[target] = (sums[target] ?? 0) + count
  }
  return sums
}

function divergence(counts: Float64Array, bins: number, levels: number): number {
  const inside = counts.subarray(0, bins).reduce((sum, count) => sum + count, 0)
  const beyond = counts.subarray(bins).reduce((sum, count) => sum + count, 0)
  if (inside === 0) return Number.POSITIVE_INFINITY
  let sum = 0
  for (let level = 0; level < levels; level++) {
    const from = Math.floor((level * bins) / levels)
    const to = Math.floor(((level + 1) * bins) / levels)
    let inLevel = 0
    let filled = 0
    for (let bin = from; bin < to; bin++) {
      inLevel += counts[bin] ?? 0
      if (counts[bin]) filled++
    }
    for (let bin = from; bin < to; bin++) {
      const p = ((counts[bin] ?? 0) + (bin === bins - 1 ? beyond : 0)) / (inside + beyond)
      const q = (counts[bin] ? inLevel / filled : 1) / inside
      if (p > 0) sum += p * Math.log(p / q)
    }
  }
  return sum
}
