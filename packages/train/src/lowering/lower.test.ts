import { createBuilder, createRandom, type Graph, randomNormal, type TensorMap } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../autodiff.ts'
import { trainingForm } from '../batch-norm-training.ts'
import { expandComposites } from '../composites/expand-composites.ts'
import { runOnce } from '../testing/differentiate-case.ts'
import { layerKinds, type RandomLayer, randomNetwork } from '../testing/random-network.ts'
import { lower } from './lower.ts'
import { loweringFacts } from './probe.ts'

const facts = await loweringFacts(createExecutor({ threads: 1 }))

/** The graph of a network's loss, the gradients of its parameters and the running statistics, with composites. */
function trainingGraph({ graph, loss, parameters }: ReturnType<typeof randomNetwork>): Graph {
  const { graph: training, statistics } = trainingForm(graph)
  const used = parameters.filter(name => training.nodes.some(node => node.inputs.includes(name)))
  const { graph: whole, gradients } = differentiate(training, loss, used)
  const b = createBuilder(whole)
  for (const name of new Set(gradients.values())) b.output(b.value(name))
  for (const { batchMean, batchVariance } of statistics)
    for (const name of [batchMean, batchVariance]) b.output(b.value(name))
  return b.build()
}

const noise = (dims: readonly number[]) => {
  const random = createRandom(3)
  const data = Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () =>
    randomNormal(random),
  )
  return { dataType: 'float32' as const, dims, data }
}

/**
 * The largest difference of any output, as a share of that output's largest number. An output that is small beside
 * others is measured by them: the gradient of a bias before BatchNormalization is 0 but for rounding.
 */
async function difference(graph: Graph, lowered: Graph, feeds: TensorMap): Promise<{ name: string; share: number }> {
  const [expected, actual] = [await runOnce(expandComposites(graph), feeds), await runOnce(lowered, feeds)]
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  const numbers = (map: TensorMap, name: string) => Array.from(map[name]?.data ?? [], Number)
  const largest = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const all = largest(Object.keys(expected).map(name => largest(numbers(expected, name))))
  const shares = Object.keys(expected).map(name => {
    const [want, have] = [numbers(expected, name), numbers(actual, name)]
    expect(have.length, name).toBe(want.length)
    const off = want.map((value, place) => value - (have[place] ?? Number.NaN))
    return { name, share: off.some(Number.isNaN) ? Number.NaN : largest(off) / Math.max(largest(want), all / 20) }
  })
  return shares.reduce((worst, one) => (one.share <= worst.share ? worst : one), { name: '', share: 0 })
}

const layer = fc.record<RandomLayer>({
  kind: fc.constantFrom(...layerKinds),
  outputs: fc.integer({ min: 1, max: 20 }),
  kernel: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 3 }),
  pad: fc.integer({ min: 0, max: 2 }),
  bias: fc.boolean(),
})

describe.skipIf(facts.block === undefined)('a lowered training graph', () => {
  it('gives the numbers of the plain one, whatever the network', async () => {
    const sizes = fc.tuple(
      fc.constantFrom(16, 32),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 3, max: 9 }),
      fc.integer({ min: 3, max: 9 }),
    )
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.array(layer, { minLength: 1, maxLength: 9 }),
        fc.constantFrom('Relu', 'Sigmoid', 'HardSwish', 'Clip'),
        async (shape, layers, activation) => {
          const network = randomNetwork(shape, layers, (b, x) =>
            activation === 'Clip' ? b.Clip(x, b.scalar(0), b.scalar(6)) : b[activation](x),
          )
          const graph = trainingGraph(network)
          const { graph: lowered, notes } = lower(graph, facts)
          expect(notes).toEqual([])
          const { name, share } = await difference(graph, lowered, { x: noise(shape) })
          expect(share, name).toBeLessThan(1e-3)
        },
      ),
      { seed: 5, numRuns: Number(process.env.RUNS ?? 40) },
    )
  })
})
