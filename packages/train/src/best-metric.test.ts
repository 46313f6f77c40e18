import { expect, test } from 'vitest'
import { bestMetric } from './best-metric.ts'

test.each([
  { metric: 'top1', value: 0.9, than: 0.8 },
  { metric: 'top5', value: 0.9, than: 0.8 },
  { metric: 'loss', value: 0.1, than: 0.2 },
  { metric: 'agreement', value: 0.9, than: 0.8 },
  { metric: 'divergence', value: 0.1, than: 0.2 },
  { metric: 'mine', better: 'lower', value: 0.1, than: 0.2 },
  { metric: 'loss', better: 'higher', value: 0.2, than: 0.1 },
] as const)('$metric: $value is better than $than', ({ value, than, ...best }) => {
  const { isBetter } = bestMetric(best)
  expect(isBetter(value, than)).toBe(true)
  expect(isBetter(than, value)).toBe(false)
  expect(isBetter(value, value)).toBe(false)
  expect(isBetter(value, Number.NaN)).toBe(true)
  expect(isBetter(Number.NaN, value)).toBe(false)
})

test("of a metric of one's own it must be said what is better", () => {
  expect(() => bestMetric({ metric: 'constructor' })).toThrow(expect.objectContaining({ code: 'RECIPE_TRAIN_OPTIONS' }))
})

test('an evaluation without the metric is told, with what it gives', () => {
  expect(() => bestMetric({ metric: 'top1' }).valueIn({ loss: 1, psnr: 2 })).toThrow(
    expect.objectContaining({ code: 'RUN_METRIC', hint: 'It gives: loss, psnr.' }),
  )
})
