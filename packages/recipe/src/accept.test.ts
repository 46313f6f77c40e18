import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AcceptFigures, judge } from './accept.ts'

const figures: AcceptFigures = { accuracyDrop: 0.2, size: 0.28, latency: 0.6, agreement: 0.99, sqnr: 31 }

test('a result that keeps every bound is accepted', () => {
  const verdict = judge({ accuracyDrop: 0.3, size: 0.3, latency: 1, agreement: 0.98, sqnr: 20 }, figures)
  expect(verdict).toEqual({ accepted: true, reasons: [] })
})

test('each bound that is not kept is said with its figure', () => {
  const verdict = judge({ accuracyDrop: 0.1, agreement: 0.995 }, figures)
  expect(verdict.accepted).toBe(false)
  expect(verdict.reasons).toEqual([
    'the accuracy falls by 0.20 points; the bound is at most 0.1',
    'the top-1 class agrees on 99.00 % of the samples; the bound is at least 0.995',
  ])
})

test('a gain of accuracy keeps any bound on its fall', () => {
  expect(judge({ accuracyDrop: 0 }, { ...figures, accuracyDrop: -0.4 }).accepted).toBe(true)
})

test('a bound whose figure could not be measured is not kept', () => {
  expect(judge({ accuracyDrop: 0.3 }, { ...figures, accuracyDrop: undefined })).toEqual({
    accepted: false,
    reasons: [
      'accuracyDrop could not be measured: it needs validation data with labels (or an evaluation of your own that gives top1)',
    ],
  })
})

test('without bounds everything is accepted', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (accuracyDrop, size) => {
      expect(judge({}, { ...figures, accuracyDrop, size }).accepted).toBe(true)
    }),
  )
})

test('what a bound admits, a looser bound admits too', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      fc.double({ min: 0.01, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (size, bound, slack) => {
        if (judge({ size: bound }, { ...figures, size }).accepted)
          expect(judge({ size: bound + slack }, { ...figures, size }).accepted).toBe(true)
      },
    ),
  )
})
