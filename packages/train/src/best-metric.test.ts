import { expect, test } from 'vitest'
import { bestMetric, isBetterEpoch } from './best-metric.ts'

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

test.each([
  { what: 'a higher loss', top1: 0.9, loss: 0.5, metrics: {}, better: false },
  { what: 'a lower loss', top1: 0.9, loss: 0.3, metrics: {}, better: true },
  { what: 'a lower loss on other data', top1: 0.9, loss: 0.5, metrics: { loss: 0.6 }, better: true },
  { what: 'a higher loss on other data', top1: 0.9, loss: 0.3, metrics: { loss: 0.8 }, better: false },
  { what: 'a lower loss, and a worse figure', top1: 0.8, loss: 0.3, metrics: {}, better: false },
  { what: 'a higher loss, and a better figure', top1: 0.95, loss: 0.5, metrics: {}, better: true },
])('of epochs with the same figure, which one has the lower loss: $what', ({ top1, loss, metrics, better }) => {
  const measured = 'loss' in metrics ? { loss: 0.7 } : {}
  const best = { epoch: 1, loss: 0.4, terms: {}, metrics: { top1: 0.9, ...measured } }
  const result = { epoch: 2, loss, terms: {}, metrics: { top1, ...metrics } }
  expect(isBetterEpoch(bestMetric({ metric: 'top1' }), result, best)).toBe(better)
})
