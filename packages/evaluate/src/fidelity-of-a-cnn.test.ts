import { createRandom, simplify } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { compareModels } from './fidelity.ts'
import { sourceOf } from './testing/sources.ts'

test('a CNN and its simplified form, BatchNorm folded, are the same but for rounding', async () => {
  const graph = createModel('mobilenet-v1', { seed: 1, width: 0.25, input: [1, 16, 16], classes: 10 })
  const random = createRandom(3)
  const images = sourceOf(Array.from({ length: 12 }, () => Array.from({ length: 256 }, () => random())))
  const source = {
    ...images,
    batches: async function* (options: Parameters<typeof images.batches>[0]) {
      for await (const batch of images.batches(options)) {
        const { input } = batch.inputs
        if (input) yield { ...batch, inputs: { input: { ...input, dims: [batch.size, 1, 16, 16] } } }
      }
    },
  }
  const { graph: folded } = simplify(graph)
  const fidelity = await compareModels(graph, folded, { executor: createExecutor({ threads: 1 }), source })
  expect(fidelity.agreement).toBe(1)
  expect(fidelity.sqnr).toBeGreaterThan(90)
  expect(fidelity.layers.length).toBeGreaterThan(27)
  expect(fidelity.layers[0]?.sqnr).toBeGreaterThan(90)
  const differing = new Set(fidelity.unmatched.map(({ value }) => value))
  expect(fidelity.layers.some(({ value }) => differing.has(value))).toBe(false)
})
