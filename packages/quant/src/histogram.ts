import type { Range } from './affine.ts'

/** Bins on either side of zero. The range in use fills more than half of them, so 2048 at the least. */
export const binsPerSide = 4096

/**
 * How often a tensor's values fall where, built in one pass over batches and in constant memory.
 *
 * Each side of zero is (0, bound] in `binsPerSide` equal bins, each with its outer edge, where `bound` is the smallest power of two that holds
 * every value so far. Growing it by doubling merges bins in pairs, without error, so the result does not depend on
 * how the values were batched or ordered. Exact zeros, frequent after Relu, are counted apart: a quantized tensor
 * always holds zero exactly.
 */
export interface Histogram {
  bound: number
  /** Counts of values by their magnitude. */
  readonly positive: Float64Array
  readonly negative: Float64Array
  zeros: number
  total: number
  low: number
  high: number
}

export const createHistogram = (): Histogram => ({
  bound: 0,
  positive: new Float64Array(binsPerSide),
  negative: new Float64Array(binsPerSide),
  zeros: 0,
  total: 0,
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
})

/** Counts finite values. */
export function addToHistogram(histogram: Histogram, values: Float32Array, extremes: Range): void {
  widen(histogram, Math.max(extremes.high, -extremes.low))
  histogram.low = Math.min(histogram.low, extremes.low)
  histogram.high = Math.max(histogram.high, extremes.high)
  histogram.total += values.length
  const binsPerUnit = histogram.bound === 0 ? 0 : binsPerSide / histogram.bound
  if (extremes.low >= 0 && values.length > 2 * binsPerSide) countInPairs(histogram, values, binsPerUnit)
  else countOneByOne(histogram, values, binsPerUnit)
}

function countOneByOne(histogram: Histogram, values: Float32Array, binsPerUnit: number): void {
  for (const value of values) {
    if (value === 0) {
      histogram.zeros++
      continue
    }
    const side = value > 0 ? histogram.positive : histogram.negative
    const bin = Math.ceil(Math.abs(value) * binsPerUnit) - 1
    side[bin] = (side[bin] ?? 0) + 1
  }
}

/** Counts by ⌈x · bins per unit⌉: of zeros, then of each bin. */
const even = new Uint32Array(binsPerSide + 1)
const odd = new Uint32Array(binsPerSide + 1)

/**
 * The same for many values of which none is negative, the hot loop of calibration. Half of what follows Relu is zero
 * without a pattern, which no processor foresees: so there is no branch. And neighbours often fall into one bin, where
 * a processor waits for a count to be written before it counts again: so they are counted in two arrays.
 */
function countInPairs(histogram: Histogram, values: Float32Array, binsPerUnit: number): void {
  even.fill(0)
  odd.fill(0)
  const pairs = values.length - (values.length % 2)
  for (let index = 0; index < pairs; index += 2) {
    const first = Math.ceil((values[index] ?? 0) * binsPerUnit)
    const second = Math.ceil((values[index + 1] ?? 0) * binsPerUnit)
    even[first] = (even[first] ?? 0) + 1
    odd[second] = (odd[second] ?? 0) + 1
  }
  histogram.zeros += (even[0] ?? 0) + (odd[0] ?? 0)
  for (let bin = 0; bin < binsPerSide; bin++)
    histogram.positive[bin] = (histogram.positive[bin] ?? 0) + (even[bin + 1] ?? 0) + (odd[bin + 1] ?? 0)
  countOneByOne(histogram, values.subarray(pairs), binsPerUnit)
}

/** Width of a bin. */
export const binWidth = (histogram: Histogram): number => histogram.bound / binsPerSide

/** Number of bins, from zero outwards, that the values of both sides reach into. */
export const binsInUse = (histogram: Histogram): number =>
  histogram.bound === 0
    ? 0
    : Math.min(binsPerSide, Math.ceil(Math.max(histogram.high, -histogram.low) / binWidth(histogram)))

function widen(histogram: Histogram, magnitude: number): void {
  if (magnitude <= histogram.bound) return
  const bound = 2 ** Math.ceil(Math.log2(magnitude))
  // Math.log2 may round down just above a power of two.
  const enough = bound >= magnitude ? bound : bound * 2
  if (histogram.bound > 0)
    for (const side of [histogram.positive, histogram.negative]) merge(side, enough / histogram.bound)
  histogram.bound = enough
}

/** Merges every `factor` (a power of two) neighbouring bins into one. */
function merge(bins: Float64Array, factor: number): void {
  for (let bin = 0; bin < bins.length; bin++) {
    const count = bins[bin] ?? 0
    if (count === 0) continue
    bins[bin] = 0
    const target = Math.floor(bin / factor)
    bins[target] = (bins[target] ?? 0) + count
  }
}
