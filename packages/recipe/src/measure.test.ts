import { createBuilder } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { measureLatencies, notWorthIt, saturationNotes } from './measure.ts'
import type { ModelLatency } from './result.ts'

const timed = (median: number, spread: number): ModelLatency => ({
  median,
  quartiles: [median - spread, median + spread],
})
test('a model that fails on what it is timed with is noted, and ends no run', async () => {
  const b = createBuilder('reshape')
  b.output(b.Reshape(b.input('x', 'float32', [4]), b.input('sizes', 'int64', [2])))
  const graph = b.build()
  const notes: string[] = []
  const latencies = await measureLatencies(createExecutor({ threads: 1 }), [graph, graph], {
    target: undefined,
    note: text => notes.push(text),
    signal: new AbortController().signal,
  })
  expect(latencies).toEqual([])
  expect(notes).toEqual([expect.stringMatching(/^The latency was not measured on onnxruntime-node: /)])
})

const smaller = { before: 100, after: 27 }
const engine = 'onnxruntime-web in Node'

test('a result that is slower than the float model is not worth it for speed', () => {
  expect(notWorthIt(smaller, [{ engine, before: timed(2, 0.1), after: timed(3, 0.1) }])).toEqual([
    'On onnxruntime-web in Node the result takes 1.50 times as long as the float model: for speed it is not worth it there.',
  ])
})

test('a result that is not smaller is not worth it for size', () => {
  expect(notWorthIt({ before: 1000, after: 1200 }, [])).toEqual([
    'The result is not smaller than the float model: 1.20 kB against 1.00 kB. For size it is not worth it.',
  ])
})

test('neither is said of a faster one, nor of one that is as fast as the clock can tell', () => {
  expect(notWorthIt(smaller, [{ engine, before: timed(2, 0.1), after: timed(1, 0.1) }])).toEqual([])
  expect(notWorthIt(smaller, [{ engine, before: timed(2, 0.1), after: timed(2.05, 0.2) }])).toEqual([])
})

test('layers that would saturate are told in one sentence, the worst by name', () => {
  const layer = (node: string, saturated: number) => ({
    node,
    op: 'Conv',
    pairs: { risky: 3, all: 90 },
    elements: { saturated, all: 1000 },
    worst: 0.1,
  })
  expect(saturationNotes([layer('a', 0), layer('b', 1), layer('c', 20)])).toEqual([
    '2 of 3 int8 layers would saturate on x86 CPUs without VNNI, the worst c in 2.00 % of its outputs: weightBits: 7 keeps them exact.',
  ])
  expect(saturationNotes([layer('a', 0)])).toEqual([])
})
