import { expect, test } from 'vitest'
import { notWorthIt } from './measure.ts'
import type { ModelLatency } from './result.ts'

const timed = (median: number, spread: number): ModelLatency => ({
  median,
  quartiles: [median - spread, median + spread],
})
const engine = 'onnxruntime-web in Node'

test('a result that is slower than the float model is not worth it for speed', () => {
  expect(notWorthIt([{ engine, before: timed(2, 0.1), after: timed(3, 0.1) }])).toEqual([
    'On onnxruntime-web in Node the result takes 1.50 times as long as the float model: for speed it is not worth it there.',
  ])
})

test('neither is said of a faster one, nor of one that is as fast as the clock can tell', () => {
  expect(notWorthIt([{ engine, before: timed(2, 0.1), after: timed(1, 0.1) }])).toEqual([])
  expect(notWorthIt([{ engine, before: timed(2, 0.1), after: timed(2.05, 0.2) }])).toEqual([])
})
