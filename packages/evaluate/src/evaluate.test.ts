import type { Graph, Progress } from '@pare/core-graph'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from './evaluate.ts'
import { createEvaluator } from './evaluator.ts'
import { defineMetric } from './metric.ts'
import { classAccuracy } from './metrics/class-accuracy.ts'
import { topK } from './metrics/top-k.ts'
import { failing } from './testing/failing.ts'
import { identityExecutor as executor, executorOf, identityGraph } from './testing/fake-executor.ts'
import { numbersOf, sourceOf, tensorOfRows } from './testing/sources.ts'

const rows = [
  [3, 1, 2],
  [0, 5, 1],
  [2, 2, 9],
  [4, 3, 1],
]
const labels = [0, 1, 0, 1]
const source = sourceOf(rows, labels)

test('measures top-1, top-5 and loss by default', async () => {
  const { metrics, samples, details } = await evaluate(identityGraph(3), { executor, source })
  const losses = rows.map(
    (row, index) => Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - (row[labels[index] ?? 0] ?? 0),
  )
  expect(samples).toBe(4)
  expect(metrics).toEqual({ top1: 0.5, top5: 1, loss: expect.closeTo(losses.reduce((a, b) => a + b) / 4, 6) })
  expect(details).toEqual({})
})

test('law: every sample counts the same, whatever the batch size, also a fixed one', async () => {
  const whole = await evaluate(identityGraph(3), { executor, source })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom<number | string>('N', 1, 2, 3),
      async (batchSize, fixed) => {
        const { metrics } = await evaluate(identityGraph(3, fixed), { executor, source, batchSize })
        expect(metrics.top1).toBe(whole.metrics.top1)
        expect(metrics.loss).toBeCloseTo(whole.metrics.loss ?? 0, 10)
      },
    ),
  )
})

test('takes so many samples only, and tells how far it has come', async () => {
  const told: Progress[] = []
  const progress = (one: Progress) => told.push(one)
  const { samples } = await evaluate(identityGraph(3), { executor, source, batchSize: 2, limit: 3, progress })
  expect(samples).toBe(3)
  expect(told).toEqual([
    { done: 2, total: 3, unit: 'samples' },
    { done: 3, total: 3, unit: 'samples' },
  ])
})

test('stops at the signal with its reason', async () => {
  const controller = new AbortController()
  const progress = () => controller.abort(new Error('enough'))
  const run = evaluate(identityGraph(3), { executor, source, batchSize: 1, progress, signal: controller.signal })
  await expect(run).rejects.toThrow('enough')
})

test('gives what metrics say beside their number', async () => {
  const { details } = await evaluate(identityGraph(3), { executor, source, metrics: [topK(1), classAccuracy] })
  expect(Object.keys(details)).toEqual(['classAccuracy'])
})

describe('what the output holds', () => {
  const distributions = sourceOf([[0.7, 0.2, 0.1]], [0])
  const softmax: Graph = {
    ...identityGraph(3),
    nodes: [{ name: 'p', op: 'Softmax', domain: '', inputs: ['input'], outputs: ['scores'], attributes: {} }],
  }

  test('is seen in the graph: probabilities after Softmax', async () => {
    const { metrics } = await evaluate(softmax, { executor, source: distributions })
    expect(metrics.loss).toBeCloseTo(-Math.log(0.7), 6)
  })

  test('distributions of unknown origin must be named', async () => {
    const error = await failing(() => evaluate(identityGraph(3), { executor, source: distributions }))
    expect(error.code).toBe('DATA_SCORES')
    const { metrics } = await evaluate(identityGraph(3), { executor, source: distributions, scores: 'logits' })
    expect(metrics.loss).toBeCloseTo(Math.log(Math.exp(0.7) + Math.exp(0.2) + Math.exp(0.1)) - 0.7, 6)
  })

  test('values that are no probabilities contradict', async () => {
    const error = await failing(() => evaluate(identityGraph(3), { executor, source, scores: 'probabilities' }))
    expect(error.code).toBe('DATA_SCORES')
  })
})

describe('refuses', () => {
  test.each([
    { what: 'data without labels', source: sourceOf(rows), code: 'DATA_LABELS', says: 'top1, top5, loss' },
    {
      what: 'a label beyond the classes',
      source: sourceOf(rows, [0, 1, 7, 1]),
      code: 'DATA_LABEL',
      says: 'Sample 2 is of class 7, but the output scores has scores for 3 classes',
    },
    {
      what: 'a negative label',
      source: sourceOf(rows, [0, -1, 0, 1]),
      code: 'DATA_LABEL',
      says: 'Sample 1 is of class -1',
    },
    { what: 'no samples', source: sourceOf([], []), code: 'DATA_EMPTY', says: 'no samples' },
    {
      what: 'samples of another shape',
      source: sourceOf([[1, 2]], [0]),
      code: 'DATA_SHAPE',
      says: 'takes float32 [N, 3], but the data is float32 [1, 2]',
    },
    { what: 'NaN', source: sourceOf([[1, Number.NaN, 2]], [0]), code: 'RUN_NOT_FINITE', says: 'NaN in scores' },
  ])('$what', async ({ source, code, says }) => {
    const error = await failing(() => evaluate(identityGraph(3), { executor, source }))
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
  })

  test('an output that the model does not have, naming those it has', async () => {
    const error = await failing(() => evaluate(identityGraph(3), { executor, source, output: 'logits' }))
    expect(error.code).toBe('MODEL_UNKNOWN_OUTPUT')
    expect(error.hint).toContain('scores')
  })

  test('an output without a score for each class', async () => {
    const one = executorOf(() => ({ scores: tensorOfRows([[1, 2, 3]]) }))
    const error = await failing(() => evaluate(identityGraph(3), { executor: one, source }))
    expect(error.code).toBe('DATA_SCORES')
    expect(error.message).toContain('float32 [1, 3] for 4 samples')
  })

  test('options that are none', async () => {
    expect((await failing(() => evaluate(identityGraph(3), { executor, source, batchSize: 0 }))).code).toBe(
      'RECIPE_INVALID',
    )
  })
})

describe("a user's own", () => {
  /** Mean distance between what goes in and what comes out, which needs neither labels nor scores. */
  const distance = defineMetric({
    id: 'distance',
    description: 'Mean absolute difference between input and copy',
    needs: [],
    fetches: ['copy'],
    start: () => ({ sum: 0, count: 0 }),
    update: ({ sum, count }, { inputs, outputs, size }) => {
      const [given, copy] = [numbersOf(inputs.input), numbersOf(outputs.copy)]
      const added = given.reduce((total, value, index) => total + Math.abs(value - (copy[index] ?? 0)), 0)
      return { sum: sum + added, count: count + size }
    },
    result: ({ sum, count }) => sum / count,
  })
  const graph: Graph = {
    ...identityGraph(3),
    outputs: ['scores', 'copy'].map(name => ({ name, type: undefined })),
  }
  const addOne = executorOf(({ input }) => ({
    scores: tensorOfRows([]),
    copy: {
      dataType: 'float32',
      dims: input?.dims ?? [],
      data: Float32Array.from(numbersOf(input), x => x + 1),
    },
  }))

  test('metric reads any input and output', async () => {
    const evaluator = createEvaluator({ executor: addOne, source: sourceOf(rows), batchSize: 3, metrics: [distance] })
    expect(await evaluator(graph)).toEqual({ distance: 3 })
  })

  test('evaluation function feeds and fetches what it likes', async () => {
    const evaluator = createEvaluator({
      executor,
      source,
      evaluate: async ({ run, source }) => {
        let largest = 0
        for await (const { inputs } of source.batches({ batchSize: 2 })) {
          const { scores } = await run(inputs, ['scores'])
          for (const value of scores?.data ?? []) largest = Math.max(largest, Number(value))
        }
        return { largest }
      },
    })
    expect(await evaluator(identityGraph(3))).toEqual({ largest: 9 })
  })

  test('evaluation function must return finite numbers', async () => {
    const evaluator = createEvaluator({ executor, source, evaluate: async () => ({ best: Number.NaN }) })
    expect((await failing(() => evaluator(identityGraph(3)))).code).toBe('RUN_METRICS')
  })
})
