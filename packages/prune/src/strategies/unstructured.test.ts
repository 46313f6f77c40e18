import { cost, type Graph, saveModel, tensorFloats } from '@pare/core-graph'
import { createEvaluator, topK } from '@pare/evaluate'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { train } from '@pare/train'
import { describe, expect, test } from 'vitest'
import { patternClasses, patternShape, patterns, testContext } from '../testing/patterns.ts'
import { magnitude } from './magnitude.ts'
import { nM } from './n-m.ts'

const model = createModel('resnet', {
  depth: 8,
  width: 0.5,
  input: [...patternShape],
  classes: patternClasses,
  seed: 1,
})
const executor = createExecutor({ threads: 1 })
const evaluate = createEvaluator({ executor, source: patterns(64, 2), metrics: [topK(1)] })
const options = { epochs: 3, batchSize: 16, optimizer: { learningRate: 0.05 }, schedule: { warmupEpochs: 0.5 } }
const weightsOf = (graph: Graph) =>
  [...graph.initializers].flatMap(([name, tensor]) =>
    tensor.dims.length > 1 ? [[name, tensorFloats(tensor)] as const] : [],
  )
const zerosIn = (values: Float32Array) => values.filter(value => value === 0).length / values.length

async function trained(part: Awaited<ReturnType<typeof magnitude.prepare>>) {
  const parts = part.training ? [part.training] : []
  return train(part.graph, { options, source: patterns(128, 1), executor, evaluate, parts, seed: 1 })
}

describe('prune.magnitude', () => {
  test('the result has the share of zeros in every layer, no masks, and still tells the patterns apart', async () => {
    const context = testContext()
    const { graph, best, epochs } = await trained(
      await magnitude.prepare(model, magnitude.options.parse({ sparsity: 0.7 }), context),
    )
    expect(graph.nodes.map(({ name }) => name)).toEqual(model.nodes.map(({ name }) => name))
    expect([...graph.initializers.keys()].sort()).toEqual([...model.initializers.keys()].sort())
    for (const [name, values] of weightsOf(graph)) expect(zerosIn(values), name).toBeCloseTo(0.7, 1)
    expect(best.metrics.top1).toBeGreaterThan(0.9)
    // Two thirds of three epochs: the first has fewer zeros, and is no result whatever it measures.
    expect(epochs[0]?.epoch).toBe(1)
    expect(best.epoch).toBeGreaterThanOrEqual(2)
    expect(context.notes).toEqual([expect.stringContaining('runs no faster')])
  })

  test('all layers together: the share of zeros is that of the model', async () => {
    const own = magnitude.options.parse({ sparsity: 0.5, scope: 'global', exclude: ['op:Gemm'] })
    const { graph } = await trained(await magnitude.prepare(model, own, testContext()))
    const all = weightsOf(graph).filter(([name]) => !name.startsWith('classifier'))
    const shares = all.map(([, values]) => zerosIn(values))
    const total = all.reduce((sum, [, values]) => sum + values.length, 0)
    expect(all.reduce((sum, [, values]) => sum + zerosIn(values) * values.length, 0) / total).toBeCloseTo(0.5, 3)
    expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.1)
    expect(
      zerosIn(
        graph.initializers.get('classifier/weight')
          ? tensorFloats(graph.initializers.get('classifier/weight') as never)
          : new Float32Array(),
      ),
    ).toBe(0)
  })

  test('in rounds, each leaves the same share of what the one before left', async () => {
    const own = magnitude.options.parse({ sparsity: 0.75 })
    const first = await magnitude.prepare(model, own, testContext({ round: { number: 1, rounds: 2, before: model } }))
    expect(first.details).toMatchObject({ sparsity: 0.5, initial: 0 })
    const { graph } = await trained(first)
    const second = await magnitude.prepare(graph, own, testContext({ round: { number: 2, rounds: 2, before: model } }))
    expect(second.details).toMatchObject({ sparsity: 0.75, initial: expect.closeTo(0.5, 1) })
  })
})

describe('prune.n-m', () => {
  test.each(['once', 'epoch'] as const)(
    'at most two of four input channels are left after training (%s)',
    async update => {
      const context = testContext()
      const part = await nM.prepare(model, nM.options.parse({ update }), context)
      const { graph, best } = await trained(part)
      const { weights, dense } = part.details as { weights: { name: string }[]; dense: string[] }
      expect(dense).toEqual(['stem/Conv'])
      expect(context.notes[0]).toContain('stem/Conv stays dense')
      for (const { name } of weights) {
        const tensor = graph.initializers.get(name)
        const [outputs = 0, inputs = 0, ...kernel] = tensor?.dims ?? []
        const inner = kernel.reduce((product, size) => product * size, 1)
        const values = tensor ? tensorFloats(tensor) : new Float32Array()
        for (let output = 0; output < outputs; output++)
          for (let input = 0; input < inputs; input += 4)
            for (let place = 0; place < inner; place++) {
              const four = [0, 1, 2, 3].map(offset => values[(output * inputs + input + offset) * inner + place])
              expect(four.filter(value => value !== 0).length).toBeLessThanOrEqual(2)
            }
        expect(zerosIn(values)).toBeCloseTo(0.5, 2)
      }
      expect(best.metrics.top1).toBeGreaterThan(0.9)
      expect(cost(graph).total).toEqual(cost(model).total)
    },
  )

  test('the same seed gives the same bytes', async () => {
    const bytes = async () => {
      const { graph } = await trained(await nM.prepare(model, nM.options.parse({}), testContext()))
      return Buffer.from(saveModel(graph).model)
    }
    expect(await bytes()).toEqual(await bytes())
  })

  test('a model without such layers is refused', async () => {
    await expect(nM.prepare(model, nM.options.parse({ n: 1, m: 3 }), testContext())).rejects.toMatchObject({
      code: 'RECIPE_PRUNE_NOTHING',
    })
  })
})
