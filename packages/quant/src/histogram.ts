import type { Range } from './affine.ts'

/** Bins on either side of zero. The range in use fills more than half of them, so 2048 at the least. */
export const binsPerSide = 4096

/**
 * How often a tensor's values fall where, built in one pass over batches and in constant memory.
 *
 * Each side of zero is [0, bound] in `binsPerSide` equal bins, where `bound` is the smallest power of two that holds
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
  const { positive, negative } = histogram
  const binsPerUnit = histogram.bound === 0 ? 0 : binsPerSide / histogram.bound
  let zeros = 0
  // The hot loop of calibration. `| 0` takes the whole part of a number below 2³¹, faster than Math.floor does.
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? 0
    if (value === 0) {
      zeros++
      continue
    }
    const side = value > 0 ? positive : negative
    const bin = Math.min((value > 0 ? value : -value) * binsPerUnit, binsPerSide - 1) | 0
    side[bin] = (side[bin] ?? 0) + 1
  }
  histogram.zeros += zeros
}

/** Width of a bin. */
export const binWidth = (histogram: Histogram): number => histogram.bound / binsPerSide

/** Number of bins, from zero outwards, that the values of both sides reach into. */
export const binsInUse = (histogram: Histogram): number =>
  histogram.bound === 0
    ? 0
    : Math.min(binsPerSide, Math.floor(Math.max(histogram.high, -histogram.low) / binWidth(histogram)) + 1)

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
