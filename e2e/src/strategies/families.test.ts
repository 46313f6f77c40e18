import { cost, type Graph, type Node, simplify } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { planQuantization, type QuantizationPlan } from '@pare/quant'
import type { RecipeInput } from '@pare/recipe'
import { expect, test } from 'vitest'
import { trainableModels } from '../training/trainable-models.ts'
import { compress } from './testing/compress.ts'
import { depthwiseLayers, expectWhole, integersAgainstRoundedFloats, quantizedLayers } from './testing/judge.ts'

interface Family {
  readonly name: string
  readonly load: () => Graph
  readonly int8: 'quant.static' | 'quant.qat'
}

const small = { input: [3, 16, 16], classes: 10 } satisfies Parameters<typeof createModel>[1]

const families: readonly Family[] = [
  { name: 'mobilenet-v1', load: () => createModel('mobilenet-v1', { ...small, width: 0.25 }), int8: 'quant.qat' },
  { name: 'mobilenet-v2', load: () => createModel('mobilenet-v2', { ...small, width: 0.25 }), int8: 'quant.static' },
  { name: 'resnet of two 3×3', load: () => createModel('resnet', { ...small, depth: 14 }), int8: 'quant.qat' },
  {
    name: 'resnet of bottlenecks',
    load: () => createModel('resnet', { ...small, depth: 50, width: 0.125, stemStride: 2 }),
    int8: 'quant.static',
  },
  ...trainableModels.map(
    ({ name, load }): Family => ({
      name: `${name} of PyTorch`,
      load,
      int8: ['mobilenet-v3', 'vit'].includes(name) ? 'quant.qat' : 'quant.static',
    }),
  ),
]

const train = { epochs: 1, batchSize: 16, optimizer: { learningRate: 0.001 } }
const stages = ({ int8 }: Family): RecipeInput['stages'] => [
  { name: 'prune', use: [{ 'prune.uniform': { target: { macs: 0.5 } } }], train },
  int8 === 'quant.qat'
    ? { name: 'int8', use: [{ [int8]: { samples: 32 } }], train }
    : { name: 'int8', use: [{ [int8]: { samples: 32 } }] },
]

/** What is planned to become int8 and has weights. */
function weightedLayers(graph: Graph, { quantized }: QuantizationPlan): readonly string[] {
  const planned = new Set(quantized.map(({ node }) => node))
  const hasWeights = ({ inputs }: Node) => inputs.some(name => (graph.initializers.get(name)?.dims.length ?? 0) > 1)
  return graph.nodes.filter(node => planned.has(node.name) && hasWeights(node)).map(({ name }) => name)
}

test.for(families)('$name is pruned, trained, folded and quantized', async family => {
  const model = family.load()
  const { models, model: int8 } = await compress(model, { stages: stages(family) })
  const pruned = models.get('1-prune') ?? expect.fail()
  const [float, folded] = [simplify(model).graph, simplify(pruned).graph]
  expect(Math.abs(cost(folded).total.macs / cost(float).total.macs - 0.5)).toBeLessThan(0.01)
  expect(depthwiseLayers(folded)).toEqual(depthwiseLayers(float))
  for (const made of [pruned, folded, int8]) await expectWhole(made, model)
  // Which layers become int8 is no matter of how many channels they have.
  expect(quantizedLayers(int8)).toEqual(weightedLayers(float, planQuantization(float)))
  expect(await integersAgainstRoundedFloats(int8)).toBeGreaterThan(0.999)
})
