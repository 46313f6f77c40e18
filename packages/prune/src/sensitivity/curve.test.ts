import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitCurve, type LossPoint, lossPoints } from './curve.ts'

const at = (ratio: number, loss: number): LossPoint => ({ ratio, loss })
const losses = fc.array(fc.double({ min: -0.2, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
const pointsOf = (values: readonly number[]) => values.map((loss, place) => at(0.1 + 0.2 * place, loss))

describe.each(['monotone', 'cubic'] as const)('%s', fit => {
  test('law: never falls, begins at 0, and the ratio of a loss is the largest that does not lose more', () => {
    fc.assert(
      fc.property(losses, values => {
        const { lossAt, ratioAt, maxRatio } = fitCurve(pointsOf(values), fit, 0.9)
        expect(lossAt(0)).toBe(0)
        for (let step = 1; step <= 90; step++)
          expect(lossAt(step / 100)).toBeGreaterThanOrEqual(lossAt((step - 1) / 100) - 1e-12)
        for (const loss of [0, 0.05, 0.3, 2]) {
          const ratio = ratioAt(loss)
          expect(ratio).toBeLessThanOrEqual(maxRatio)
          expect(lossAt(ratio)).toBeLessThanOrEqual(loss + 1e-9)
          if (ratio < maxRatio - 0.01) expect(lossAt(ratio + 0.005)).toBeGreaterThan(loss - 1e-9)
        }
      }),
    )
  })
})

test('monotone: rising points are met, falling neighbours are pooled to their mean', () => {
  const rising = fitCurve([at(0.1, 0.02), at(0.5, 0.1), at(0.9, 0.5)], 'monotone', 0.9)
  for (const [ratio, loss] of [
    [0.1, 0.02],
    [0.3, 0.06],
    [0.7, 0.3],
  ] as const)
    expect(rising.lossAt(ratio)).toBeCloseTo(loss, 3)
  const falling = fitCurve([at(0.1, 0.3), at(0.5, 0.1), at(0.9, 0.5)], 'monotone', 0.9)
  for (const [ratio, loss] of [
    [0.1, 0.2],
    [0.5, 0.2],
    [0.9, 0.5],
  ] as const)
    expect(falling.lossAt(ratio)).toBeCloseTo(loss, 3)
})

test('cubic: the polynomial that the points come from', () => {
  const loss = (ratio: number) => ratio ** 3 + 0.5 * ratio ** 2 + 0.1 * ratio
  const { lossAt, ratioAt } = fitCurve(
    [0.1, 0.3, 0.5, 0.7, 0.9].map(ratio => at(ratio, loss(ratio))),
    'cubic',
    0.9,
  )
  for (const ratio of [0.2, 0.4, 0.8]) {
    expect(lossAt(ratio)).toBeCloseTo(loss(ratio), 4)
    expect(ratioAt(loss(ratio))).toBeCloseTo(ratio, 3)
  }
})

test('nothing is said beyond the largest ratio that was measured', () => {
  expect(fitCurve([at(0.3, 0.1), at(0.6, 0.2)], 'monotone', 0.9).maxRatio).toBe(0.6)
  expect(fitCurve([at(0.3, 0.1), at(0.6, 0.2)], 'monotone', 0.5).maxRatio).toBe(0.5)
})

test('a loss is how much worse it is, whichever way is better', () => {
  expect(lossPoints([{ ratio: 0.1, value: 0.75 }], 1, false)).toEqual([at(0.1, 0.25)])
  expect(lossPoints([{ ratio: 0.1, value: 0.75 }], 0.5, true)).toEqual([at(0.1, 0.25)])
})
