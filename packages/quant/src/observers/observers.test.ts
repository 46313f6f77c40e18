import { createRandom, randomNormal } from '@pare/core-graph'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ActivationType, affineOf, dequantize, quantize, type Range } from '../affine.ts'
import { binsPerSide } from '../histogram.ts'
import type { AnyObserver } from '../observer.ts'
import { bestThreshold } from './kl-divergence.ts'
import { observers } from './registry.ts'

const uint8: ActivationType = { dataType: 'uint8', symmetric: false }
const symmetric: ActivationType = { dataType: 'uint8', symmetric: true }

const floats = fc.float32Array({
  noNaN: true,
  noDefaultInfinity: true,
  min: -1e3,
  max: 1e3,
  minLength: 1,
  maxLength: 40,
})
const batches = fc.array(floats, { minLength: 1, maxLength: 5 })

const extremesOf = (values: Float32Array): Range => ({
  low: values.reduce((a, b) => Math.min(a, b)),
  high: values.reduce((a, b) => Math.max(a, b)),
})

function observed(observer: AnyObserver, given: readonly Float32Array[], options: unknown = {}, type = uint8): Range {
  const observation = observer.begin(options)
  for (const batch of given) observation.observe(batch, extremesOf(batch))
  return observation.range(type)
}

const together = (given: readonly Float32Array[]) => Float32Array.from(given.flatMap(batch => [...batch]))

function normal(count: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: count }, () => randomNormal(random))
}

const relu = (values: Float32Array) => values.map(value => Math.max(value, 0))

describe.each(Object.entries(observers))('%s', (id, observer) => {
  test('is registered under its own id', () => expect(observer.id).toBe(id))

  test('law: the range does not reach beyond what was seen, zero taken in', () => {
    fc.assert(
      fc.property(batches, given => {
        const range = observed(observer, given)
        const { low, high } = extremesOf(together(given))
        const slack = Math.max(high, -low) * 1e-6
        expect(range.low).toBeGreaterThanOrEqual(Math.min(low, 0) - slack)
        expect(range.high).toBeLessThanOrEqual(Math.max(high, 0) + slack)
        expect(Math.max(range.high, 0)).toBeGreaterThanOrEqual(Math.min(range.low, 0))
      }),
      { numRuns: 30 },
    )
  })

  test('a constant tensor keeps its constant', () => {
    for (const constant of [3, -0.5, 0]) {
      const range = observed(observer, [new Float32Array(100).fill(constant)])
      const affine = affineOf(range, uint8)
      expect(Math.abs(dequantize(quantize(constant, affine), affine) - constant)).toBeLessThanOrEqual(affine.scale)
    }
  })

  test('unknown options are refused', () => {
    expect(() => observer.begin({ nothing: 1 })).toThrow()
  })
})

describe('against all values held in memory', () => {
  test('min-max', () => {
    fc.assert(
      fc.property(batches, given => {
        expect(observed(observers['min-max'], given)).toEqual(extremesOf(together(given)))
      }),
    )
  })

  test('moving-average: weights 1, ρ, ρ², … from the last batch backwards', () => {
    fc.assert(
      fc.property(batches, fc.double({ min: 0, max: 0.99, noNaN: true }), (given, rate) => {
        const weights = given.map((_, index) => rate ** (given.length - 1 - index))
        const average = (pick: (range: Range) => number) =>
          given.reduce((sum, batch, index) => sum + (weights[index] ?? 0) * pick(extremesOf(batch)), 0) /
          weights.reduce((a, b) => a + b, 0)
        const range = observed(observers['moving-average'], given, { rate })
        expect(range.low).toBeCloseTo(
          average(each => each.low),
          6,
        )
        expect(range.high).toBeCloseTo(
          average(each => each.high),
          6,
        )
      }),
    )
  })

  test.each([99.99, 99, 90])('percentile %d: so many values lie within, to one bin', percentile => {
    const values = normal(20_000, 7)
    const range = observed(observers.percentile, [values.subarray(0, 500), values.subarray(500)], { percentile })
    const sorted = values.toSorted()
    const outside = Math.round((1 - percentile / 100) * values.length)
    const width = 8 / binsPerSide
    expect(Math.abs(range.high - (sorted[sorted.length - 1 - outside] ?? 0))).toBeLessThan(width * 4)
    expect(Math.abs(range.low - (sorted[outside] ?? 0))).toBeLessThan(width * 4)
  })

  test('law: percentile leaves no more out than it says, but for one bin', () => {
    fc.assert(
      fc.property(batches, fc.constantFrom(60, 80, 95, 99.99, 100), (given, percentile) => {
        const values = together(given)
        const { high } = observed(observers.percentile, given, { percentile })
        const width = (2 * Math.max(...values.map(Math.abs))) / binsPerSide
        const above = values.filter(value => value > Math.max(high, 0) + width).length
        expect(above).toBeLessThanOrEqual((1 - percentile / 100) * values.length + 1e-9)
      }),
    )
  })
})

describe('kl-divergence', () => {
  /** The definition, word for word, on whole arrays. */
  function reference(all: readonly number[], levels: number): number {
    let best = { bins: all.length, divergence: Number.POSITIVE_INFINITY }
    const candidates = all.map((_, index) => index + 1).filter(bins => bins === all.length || bins % 16 === 0)
    for (const candidate of candidates.toReversed().filter(bins => bins >= levels)) {
      let factor = 1
      while (candidate / (2 * factor) >= levels) factor *= 2
      const counts = Array.from({ length: Math.ceil(all.length / factor) }, (_, bin) =>
        all.slice(bin * factor, (bin + 1) * factor).reduce((a, b) => a + b, 0),
      )
      const bins = Math.ceil(candidate / factor)
      const inside = counts.slice(0, bins)
      const p = inside.with(-1, (inside.at(-1) ?? 0) + counts.slice(bins).reduce((a, b) => a + b, 0))
      const q = inside.map(() => 0)
      for (let level = 0; level < levels; level++) {
        const members = inside
          .map((_, bin) => bin)
          .filter(bin => bin >= Math.floor((level * bins) / levels) && bin < Math.floor(((level + 1) * bins) / levels))
        const filled = members.filter(bin => (inside[bin] ?? 0) > 0)
        const mass = members.reduce((sum, bin) => sum + (inside[bin] ?? 0), 0)
        for (const bin of filled) q[bin] = mass / filled.length
      }
      const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
      const divergence = p.reduce((sum, value, bin) => {
        const probability = value / total(p)
        return probability === 0 ? sum : sum + probability * Math.log(probability / ((q[bin] || 1) / total(q)))
      }, 0)
      if (divergence < best.divergence) best = { bins: candidate, divergence }
    }
    return best.bins
  }

  test('finds the threshold of the straightforward reference', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(50), fc.constant(0)), { minLength: 20, maxLength: 150 }), counts => {
        const filled = counts.with(-1, 1)
        expect(bestThreshold(Float64Array.from(filled), 8)).toBe(reference(filled, 8))
      }),
      { numRuns: 60 },
    )
  })

  test('cuts off a lone outlier, and nothing of a uniform distribution', () => {
    const outlier = Float32Array.from([...normal(20_000, 3), 100])
    expect(observed(observers['kl-divergence'], [outlier]).high).toBeLessThan(40)
    const random = createRandom(5)
    const uniform = Float32Array.from({ length: 200_000 }, () => random())
    expect(observed(observers['kl-divergence'], [uniform]).high).toBeGreaterThan(0.95)
  })
})

describe('mean-squared-error', () => {
  const errorOf = (values: Float32Array, range: Range, type: ActivationType) => {
    const affine = affineOf(range, type)
    return values.reduce((sum, value) => sum + (value - dequantize(quantize(value, affine), affine)) ** 2, 0)
  }

  test.each([
    { name: 'normal', values: normal(3000, 1), type: uint8 },
    { name: 'normal, symmetric', values: normal(3000, 1), type: symmetric },
    { name: 'after Relu', values: relu(normal(3000, 2)), type: uint8 },
    { name: 'with an outlier', values: Float32Array.from([...normal(3000, 4), 30]), type: uint8 },
    { name: 'long tail on one side', values: normal(3000, 6).map(value => Math.exp(value) - 1), type: uint8 },
  ])('$name: as good as an exhaustive search over both ends on the values themselves', ({ values, type }) => {
    const candidates = 20
    const { low, high } = extremesOf(values)
    const fractions = Array.from({ length: candidates }, (_, index) => (index + 1) / candidates)
    const errors = fractions.flatMap(below =>
      fractions.map(above => errorOf(values, { low: Math.min(0, low) * below, high: high * above }, type)),
    )
    const range = observed(observers['mean-squared-error'], [values], { candidates }, type)
    expect(errorOf(values, range, type)).toBeLessThanOrEqual(Math.min(...errors) * 1.02)
  })

  test('is better than min-max for 100,000 values of a Laplace distribution', () => {
    const random = createRandom(8)
    const values = Float32Array.from({ length: 100_000 }, () => Math.log(1 - random()) * (random() < 0.5 ? -1 : 1))
    const range = observed(observers['mean-squared-error'], [values])
    expect(errorOf(values, range, uint8)).toBeLessThan(errorOf(values, extremesOf(values), uint8) * 0.9)
  })
})
