import { createBuilder, createRandom, type Dimension, type Graph, type Progress } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { compareModels, createFidelityEvaluator } from './fidelity.ts'
import { failing } from './testing/failing.ts'
import { numbersOf, sourceOf } from './testing/sources.ts'

const executor = createExecutor({ threads: 1 })
const random = createRandom(7)
const rows = Array.from({ length: 23 }, () => Array.from({ length: 6 }, () => random() * 2 - 1))
const source = sourceOf(rows)
const weights = Float32Array.from({ length: 6 * 4 }, () => random() * 2 - 1)

const step = 1 / 2

/** hidden = Relu(x · W); scores = hidden · 2. The quantized form rounds `hidden` to multiples of 1/2. */
function model(form: 'float' | 'quantized', batch: Dimension = 'N', scale = 2): Graph {
  const b = createBuilder('two layers')
  const x = b.input('input', 'float32', [batch, 6])
  const dense = b.named(b.MatMul(x, b.constant('float32', [6, 4], weights)), 'dense')
  const hidden = b.named(b.Relu(dense), 'hidden')
  const [s, zero] = [b.scalar(step), b.constant('uint8', [], [0])]
  const read = form === 'float' ? hidden : b.DequantizeLinear(b.QuantizeLinear(hidden, s, zero), s, zero)
  const scores = b.named(b.Mul(read, b.scalar(scale)), 'scores')
  b.output(scores)
  return b.build()
}

const float = model('float')
const quantized = model('quantized')

/** What both models make, in plain float64. */
const expected = rows.map(row => {
  const hidden = Array.from({ length: 4 }, (_, column) =>
    Math.max(
      0,
      row.reduce((sum, value, index) => sum + Math.fround(value) * (weights[index * 4 + column] ?? 0), 0),
    ),
  )
  return { hidden, rounded: hidden.map(value => Math.min(255, Math.round(value / step)) * step) }
})

const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0)

describe('a quantized model beside its float original', () => {
  test('layers: the dequantized value stands for the one it replaces, figures as by brute force', async () => {
    const { layers, unmatched } = await compareModels(float, quantized, { executor, source })
    expect(unmatched).toEqual([])
    expect(layers.map(({ value, op }) => [value, op]).sort()).toEqual([
      ['dense', 'MatMul'],
      ['hidden', 'Relu'],
      ['scores', 'Mul'],
    ])
    const hidden = layers.find(({ value }) => value === 'hidden')
    const signal = expected.flatMap(sample => sample.hidden)
    const noise = expected.flatMap(({ hidden, rounded }) => hidden.map((value, index) => value - (rounded[index] ?? 0)))
    expect(hidden?.candidate).not.toBe('hidden')
    expect(hidden?.sqnr).toBeCloseTo(10 * Math.log10(squares(signal) / squares(noise)), 3)
    expect(hidden?.maxDifference).toBeCloseTo(Math.max(...noise.map(Math.abs)), 5)
    expect(layers.at(-1)).toMatchObject({ value: 'dense', sqnr: null, cosine: 1, maxDifference: 0 })
  })

  test('output: agreement and divergence as by brute force', async () => {
    const { agreement, divergence, samples, output } = await compareModels(float, quantized, { executor, source })
    const best = (scores: readonly number[]) => scores.indexOf(Math.max(...scores))
    const softmax = (scores: readonly number[]) => {
      const sum = scores.reduce((total, score) => total + Math.exp(2 * score), 0)
      return scores.map(score => Math.exp(2 * score) / sum)
    }
    const divergences = expected.map(({ hidden, rounded }) => {
      const [p, q] = [softmax(hidden), softmax(rounded)]
      return p.reduce((sum, value, index) => sum + value * Math.log(value / (q[index] ?? 0)), 0)
    })
    expect({ samples, output }).toEqual({ samples: 23, output: 'scores' })
    expect(agreement).toBe(expected.filter(({ hidden, rounded }) => best(hidden) === best(rounded)).length / 23)
    expect(agreement).toBeLessThan(1)
    expect(divergence).toBeCloseTo(divergences.reduce((sum, value) => sum + value, 0) / 23, 5)
  })

  test('a fixed batch size gives the same figures', async () => {
    const free = await compareModels(float, quantized, { executor, source })
    const fixed = await compareModels(model('float', 4), model('quantized', 3), { executor, source, batchSize: 5 })
    expect(fixed.agreement).toBe(free.agreement)
    expect(fixed.divergence).toBeCloseTo(free.divergence ?? 0, 6)
    for (const [index, layer] of free.layers.entries()) {
      expect(fixed.layers[index]?.value).toBe(layer.value)
      expect(fixed.layers[index]?.sqnr ?? 0).toBeCloseTo(layer.sqnr ?? 0, 4)
    }
  })
})

test('a model agrees with itself, in all', async () => {
  const fidelity = await compareModels(float, float, { executor, source, limit: 10 })
  expect(fidelity).toMatchObject({ samples: 10, agreement: 1, divergence: 0, sqnr: null, cosine: 1, maxDifference: 0 })
  expect(fidelity.layers.every(({ sqnr }) => sqnr === null)).toBe(true)
})

test('the worst layer comes first', async () => {
  const { layers } = await compareModels(float, model('float', 'N', -2), { executor, source })
  expect(layers.map(({ value }) => value)[0]).toBe('scores')
  expect(layers[0]?.cosine).toBeCloseTo(-1, 6)
})

test('is plain JSON', async () => {
  const fidelity = await compareModels(float, quantized, { executor, source })
  expect(JSON.parse(JSON.stringify(fidelity))).toEqual(fidelity)
})

test('progress counts both passes in one figure', async () => {
  const told: Progress[] = []
  await compareModels(float, quantized, { executor, source, batchSize: 10, progress: one => told.push(one) })
  expect(told.slice(0, 3).map(({ done, total }) => [done, total])).toEqual([
    [10, 46],
    [20, 46],
    [23, 46],
  ])
  expect(told.at(-1)?.done).toBe(46)
})

test('values of other names and shapes are told with their reason', async () => {
  const b = createBuilder('narrow')
  const x = b.input('input', 'float32', ['N', 6])
  const dense = b.named(b.MatMul(x, b.constant('float32', [6, 3], weights.slice(0, 18))), 'dense')
  b.output(b.named(b.MatMul(b.Sigmoid(dense), b.constant('float32', [3, 4], weights.slice(0, 12))), 'scores'))
  const { unmatched, layers } = await compareModels(float, b.build(), { executor, source })
  expect(unmatched).toEqual([
    { value: 'hidden', reason: 'the candidate has no value of this name' },
    { value: 'dense', reason: expect.stringContaining('4] became float32 [') },
  ])
  expect(layers.map(({ value }) => value)).toEqual(['scores'])
})

test('infinite numbers in between are no failure, in the output they are', async () => {
  const masked = (output: 'masked' | 'scores') => {
    const b = createBuilder('masked')
    const x = b.input('input', 'float32', ['N', 6])
    const made = b.named(b.Add(x, b.constant('float32', [6], [0, 0, 0, 0, 0, Number.NEGATIVE_INFINITY])), 'masked')
    b.output(output === 'masked' ? made : b.named(b.Softmax(made), 'scores'))
    return b.build()
  }
  const { unmatched, sqnr } = await compareModels(masked('scores'), masked('scores'), { executor, source })
  expect(unmatched).toEqual([{ value: 'masked', reason: 'it holds NaN or infinite numbers' }])
  expect(sqnr).toBeNull()
  const error = await failing(() => compareModels(masked('masked'), masked('masked'), { executor, source }))
  expect(error.code).toBe('RUN_NOT_FINITE')
})

test('an output without class scores has no agreement', async () => {
  const b = createBuilder('image')
  const x = b.input('input', 'float32', ['N', 6])
  b.output(b.named(b.Reshape(b.Relu(x), b.ints(-1, 2, 3)), 'image'))
  const { agreement, divergence, sqnr } = await compareModels(b.build(), b.build(), { executor, source })
  expect({ agreement, divergence, sqnr }).toEqual({ agreement: undefined, divergence: undefined, sqnr: null })
})

describe('refuses', () => {
  test('outputs of different shapes, naming both', async () => {
    const b = createBuilder('other')
    const x = b.input('input', 'float32', ['N', 6])
    b.output(b.named(b.Relu(x), 'scores'))
    const error = await failing(() => compareModels(float, b.build(), { executor, source, batchSize: 23 }))
    expect(error.code).toBe('DATA_OUTPUTS')
    expect(error.message).toContain('float32 [23, 4] in the reference and float32 [23, 6]')
  })

  test('no samples', async () => {
    expect((await failing(() => compareModels(float, float, { executor, source: sourceOf([]) }))).code).toBe(
      'DATA_EMPTY',
    )
  })

  test('an output that one of them lacks', async () => {
    const error = await failing(() => compareModels(float, quantized, { executor, source, output: 'probabilities' }))
    expect(error.code).toBe('MODEL_UNKNOWN_OUTPUT')
  })
})

test('brute force and onnxruntime mean the same model', async () => {
  await using session = await executor.open(float)
  for await (const { inputs } of source.batches({ batchSize: 23 })) {
    const { scores } = await session.run(inputs)
    const difference = numbersOf(scores).map(
      (value, index) => value - 2 * (expected.flatMap(({ hidden }) => hidden)[index] ?? 0),
    )
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-5)
  }
})

test('as an evaluator: the figures of the output, for each model that comes', async () => {
  const evaluate = createFidelityEvaluator(float, { executor, source, limit: 16 })
  const { agreement, divergence, cosine } = await compareModels(float, quantized, { executor, source, limit: 16 })
  expect(await evaluate(quantized)).toEqual({ agreement, divergence, cosine })
  expect(await evaluate(float)).toMatchObject({ agreement: 1, cosine: 1 })
  await expect(evaluate(quantized, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})
