import { createBuilder, type Evaluator, type Graph, tensorOf } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mixedPrecision } from './mixed-precision.ts'
import { layerSensitivities, quantizeStatic } from './quantize-static.ts'
import { executor } from './testing/compare.ts'
import { noise, noiseSource } from './testing/noise.ts'

/**
 * Four convolutions one after the other; the weights of the third have one value 1000 times as large as the others in
 * each channel, which 8 bits cannot hold.
 */
function fragile(): Graph {
  const b = createBuilder('fragile')
  let x = b.input('input', 'float32', ['N', 4, 6, 6])
  for (const layer of [1, 2, 3, 4]) {
    const weights = Array.from(noise([4, 4, 1, 1], layer).data, Number)
    if (layer === 3) for (let output = 0; output < 4; output++) weights[output * 4] = 1000
    const w = b.initializer(`w${layer}`, tensorOf('float32', [4, 4, 1, 1], weights))
    // The large weights meet a channel of zeros, so that all depends on the small ones.
    const shift = b.initializer(`b${layer}`, tensorOf('float32', [4], layer === 2 ? [-1e4, 0, 0, 0] : [0, 0, 0, 0]))
    x = b.scope(`layer${layer}`, () => b.Relu(b.Conv(x, w, shift)))
  }
  b.output(b.named(x, 'y'))
  return b.build()
}

const calibration = noiseSource('input', [4, 6, 6], 64)

/** Top-1 as it would be if each layer in int8 cost so many points. */
const evaluatorOf =
  (points: Readonly<Record<string, number>>): Evaluator =>
  async graph => {
    const isInt8 = (node: string) => graph.initializers.has(`w${node.slice(5)}/q`)
    const lost = Object.entries(points).reduce((sum, [node, cost]) => sum + (isInt8(node) ? cost : 0), 0)
    return { top1: 0.9 - lost / 100, loss: 1 }
  }

test('sensitivities: the layer that 8 bits cannot hold comes first, by far', async () => {
  const ranking = await layerSensitivities(fragile(), { executor, calibration })
  expect(ranking.map(({ node }) => node)[0]).toBe('layer3/Conv')
  expect(ranking).toHaveLength(4)
  const [worst, next] = ranking.map(({ sqnr }) => sqnr ?? 0)
  expect((next ?? 0) - (worst ?? 0)).toBeGreaterThan(15)
})

test('the fewest layers that keep the drop stay float, with the reason', async () => {
  const evaluate = evaluatorOf({ layer1: 0.1, layer2: 0.1, layer3: 2, layer4: 0.1 })
  const { graph, details } = await quantizeStatic(fragile(), { executor, calibration, evaluate }, { maxDrop: 0.3 })
  expect(details.mixedPrecision).toMatchObject({ metric: 'top1', isKept: true, keptFloat: ['layer3/Conv'] })
  expect(details.mixedPrecision?.drop).toBeCloseTo(0.3, 8)
  expect(details.kept.find(({ node }) => node === 'layer3/Conv')?.reason).toMatch(
    /^kept float for accuracy: number 1 of 4 by sensitivity, -?[\d.]+ dB at the output/,
  )
  expect(graph.initializers.has('w3')).toBe(true)
  expect(graph.initializers.has('w2/q')).toBe(true)
})

test('where all layers can be quantized nothing is ranked', async () => {
  const { details } = await quantizeStatic(
    fragile(),
    { executor, calibration, evaluate: evaluatorOf({ layer3: 0.2 }) },
    { maxDrop: 0.3 },
  )
  expect(details.mixedPrecision).toMatchObject({ isKept: true, keptFloat: [], ranking: [] })
  expect(details.kept).toEqual([])
})

test('a bound that not even the float layers keep is told', async () => {
  let calls = 0
  const falling: Evaluator = async () => ({ agreement: calls++ === 0 ? 1 : 0.5 })
  const { details } = await quantizeStatic(fragile(), { executor, calibration, evaluate: falling }, { maxDrop: 1 })
  expect(details.mixedPrecision).toMatchObject({ metric: 'agreement', isKept: false, drop: 50 })
  expect(details.notes).toEqual([
    expect.stringContaining('agreement may fall by 1 points, but falls by 50 even with every layer'),
  ])
})

test('maxDrop needs something to measure, and a metric that is measured', async () => {
  const options = { maxDrop: 1, metric: 'f1' }
  await expect(quantizeStatic(fragile(), { executor, calibration }, options)).rejects.toMatchObject({
    code: 'RECIPE_NEED',
  })
  const evaluate = evaluatorOf({})
  await expect(quantizeStatic(fragile(), { executor, calibration, evaluate }, options)).rejects.toMatchObject({
    code: 'RECIPE_METRIC',
    hint: 'Name one of top1, loss as `metric`.',
  })
})

test('bisection finds the least number of layers for any costs', async () => {
  const graph = fragile()
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 60 }),
      async (costs, maxDrop) => {
        const ranking = costs.map((_, index) => ({ node: `n${index}`, op: 'Conv', sqnr: index }))
        const dropOf = (kept: number) => costs.slice(kept).reduce((sum, cost) => sum + cost, 0)
        let kept = -1
        const { details } = await mixedPrecision({
          original: graph,
          evaluate: async () => ({ top1: 1 - (kept < 0 ? 0 : dropOf(kept)) / 100 }),
          maxDrop,
          metric: undefined,
          rank: async () => ranking,
          quantize: async keep => {
            kept = keep.size
            return { graph }
          },
        })
        const least = costs.findIndex((_, count) => dropOf(count) <= maxDrop)
        expect(details.keptFloat).toHaveLength(least < 0 ? costs.length : least)
        expect(details.trials.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(costs.length)))
      },
    ),
  )
})
