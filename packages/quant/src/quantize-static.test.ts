import {
  createBuilder,
  type Graph,
  type Node,
  RecipeError,
  type StrategyContext,
  saveModel,
  simplify,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { optimizedGraph } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { observers } from './observers/registry.ts'
import { isQuantized, quantizeStatic } from './quantize-static.ts'
import { staticOptions } from './static-options.ts'
import { staticInt8 } from './strategies/static-int8.ts'
import { executor, run, topOf } from './testing/compare.ts'
import { noise, noiseSource } from './testing/noise.ts'

const calibration = noiseSource('input', [1, 28, 28], 32)
const sizeOf = (graph: Graph) => saveModel(graph).model.byteLength
const agreement = async (a: Graph, b: Graph) => {
  const feeds = { input: noise([128, 1, 28, 28], 77) }
  const [left, right] = [topOf((await run(a, feeds, true)).logits), topOf((await run(b, feeds, true)).logits)]
  return left.filter((top, index) => top === right[index]).length / left.length
}

describe.each([
  { id: 'mobilenet-v1', options: { width: 0.5 }, ratio: 0.28, agrees: 0.95 },
  { id: 'mobilenet-v2', options: { width: 0.5 }, ratio: 0.32, agrees: 0.7 },
  { id: 'resnet', options: { width: 0.25 }, ratio: 0.27, agrees: 0.95 },
] as const)('$id', ({ id, options, ratio, agrees }) => {
  const graph = createModel(id, { ...options, input: [1, 28, 28], classes: 10 })
  const made = quantizeStatic(graph, { executor, calibration })

  test(`takes at most ${ratio} of the folded float file`, async () => {
    expect(sizeOf((await made).graph) / sizeOf(simplify(graph).graph)).toBeLessThanOrEqual(ratio)
  })

  test('nothing stays float, and onnxruntime runs every layer in int8', async () => {
    const { details, graph: int8 } = await made
    expect(details.kept).toEqual([])
    const ops = new Set((await optimizedGraph(int8)).nodes.map(node => node.op))
    const inInt8 = ['QLinearConv', 'QLinearAdd', 'QLinearGlobalAveragePool', 'QGemm', 'Flatten', 'MaxPool']
    expect([...ops].filter(op => !inInt8.includes(op))).toEqual(['QuantizeLinear'])
  })

  // Untrained weights and noise: the classes lie as close together as they ever will.
  test(`sees the same class as the float model for at least ${agrees * 100} % of noise`, async () => {
    expect(await agreement(graph, (await made).graph)).toBeGreaterThanOrEqual(agrees)
  })
})

test('the same seed gives the same bytes', async () => {
  const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
  const make = async () => saveModel((await quantizeStatic(graph, { executor, calibration, seed: 3 })).graph).model
  expect(await make()).toEqual(await make())
})

test.each(Object.keys(observers) as (keyof typeof observers)[])(
  '%s gives a model that is nearly as good',
  async observer => {
    const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
    const { graph: int8 } = await quantizeStatic(graph, { executor, calibration }, { observer, samples: 16 })
    expect(await agreement(graph, int8)).toBeGreaterThanOrEqual(0.8)
  },
)

test('a model with nothing to quantize comes back, and no data is read', async () => {
  const b = createBuilder('exp')
  b.output(b.named(b.Exp(b.input('x', 'float32', ['N', 2])), 'y'))
  const graph = b.build()
  const unread = {
    ...calibration,
    batches: () => {
      throw new Error('It should not be read.')
    },
  }
  const { graph: same, details } = await quantizeStatic(graph, { executor, calibration: unread })
  expect(same.nodes.map(node => node.op)).toEqual(['Exp'])
  expect(details).toMatchObject({ quantized: [], kept: [{ node: 'Exp', reason: 'no quantization rule for Exp' }] })
})

test('a stream that comes in its own order is taken as it is, which is said', async () => {
  const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
  const { details } = await quantizeStatic(graph, { executor, calibration: { ...calibration, shuffles: false } })
  expect(details.notes).toEqual([expect.stringContaining('cannot be shuffled: its first 512 samples are used')])
})

test('a model that is quantized already is refused', async () => {
  const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
  const { graph: int8 } = await quantizeStatic(graph, { executor, calibration })
  expect([isQuantized(graph), isQuantized(int8)]).toEqual([false, true])
  await expect(quantizeStatic(int8, { executor, calibration })).rejects.toMatchObject({ code: 'MODEL_QUANTIZED' })
  const choose: Node = {
    name: 'choose',
    op: 'If',
    domain: '',
    inputs: ['cond'],
    outputs: ['y'],
    attributes: { then_branch: { kind: 'graph', value: int8 }, else_branch: { kind: 'graph', value: graph } },
  }
  expect(isQuantized({ ...graph, nodes: [choose] })).toBe(true)
})

describe('quant.static', () => {
  const graph = createModel('mobilenet-v1', { width: 0.25, input: [1, 28, 28], classes: 10 })
  const contextOf = (notes: string[], progress: number[] = []): StrategyContext => ({
    executor,
    calibration,
    seed: 0,
    progress: ({ done }) => progress.push(done),
    note: message => notes.push(message),
    signal: new AbortController().signal,
  })

  test('quantizes, counts samples, and says what stays float', async () => {
    const notes: string[] = []
    const progress: number[] = []
    const options = staticOptions.parse({
      exclude: ['op:Gemm'],
      observer: { percentile: { percentile: 99 } },
      batchSize: 8,
    })
    const { graph: int8, details } = await staticInt8.prepare(graph, options, contextOf(notes, progress))
    expect(notes).toEqual([
      'classifier/GlobalAveragePool (GlobalAveragePool) stays float: nothing to gain: no quantized node reads its result.',
      'classifier/Flatten (Flatten) stays float: nothing to gain: no quantized node reads its result.',
      'classifier/Gemm (Gemm) stays float: excluded by the options.',
    ])
    expect(progress).toEqual([8, 16, 24, 32])
    expect(int8.nodes.some(node => node.op === 'QuantizeLinear')).toBe(true)
    // The report and --json take the details as they are.
    expect(JSON.parse(JSON.stringify(details))).toEqual(details)
  })

  test('asks for calibration data', async () => {
    const { calibration: _, ...without } = contextOf([])
    await expect(staticInt8.prepare(graph, staticOptions.parse({}), without)).rejects.toThrow(RecipeError)
  })

  test('an unknown observer is told the known ones', () => {
    const { error } = staticOptions.safeParse({ observer: 'max' })
    expect(error?.issues[0]?.message).toContain('expected one of kl-divergence, mean-squared-error, min-max')
  })
})
