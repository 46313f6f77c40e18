import { createRandom } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { symmetricBeta } from './symmetric-beta.ts'

const count = 100_000
const sample = (alpha: number) => {
  const random = createRandom(3)
  return Array.from({ length: count }, () => symmetricBeta(alpha, random))
}
const below = (values: readonly number[], bound: number) => values.filter(value => value < bound).length / count

test('mean, variance and fourth moment are those of the distribution', () => {
  for (const alpha of [0.1, 0.2, 0.5, 1, 2, 8]) {
    const values = sample(alpha)
    const moment = (power: number) => values.reduce((sum, value) => sum + (value - 0.5) ** power, 0) / count
    const variance = 1 / (4 * (2 * alpha + 1))
    // The kurtosis of Beta(α, α) is 3 − 6 / (2α + 3).
    const fourth = (3 - 6 / (2 * alpha + 3)) * variance ** 2
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(variance / count))
    expect(Math.abs(moment(2) / variance - 1)).toBeLessThan(0.02)
    expect(Math.abs(moment(4) / fourth - 1)).toBeLessThan(0.04)
  }
})

test('Beta(1, 1) is uniform, Beta(½, ½) is the arcsine distribution', () => {
  for (const bound of [0.05, 0.3, 0.5, 0.9]) {
    expect(below(sample(1), bound)).toBeCloseTo(bound, 2)
    expect(below(sample(0.5), bound)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(bound)), 2)
  }
})

test('a tiny α gives 0 or 1, at extremes of the generator too', () => {
  expect(symmetricBeta(1e-3, () => 0.9)).toBe(1)
  for (const drawn of [0, 0.25, 0.5, 1 - 2 ** -32])
    for (const alpha of [1e-6, 1, 1e6]) {
      const value = symmetricBeta(alpha, () => drawn)
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1)
    }
})
