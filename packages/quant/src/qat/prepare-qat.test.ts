import { type Graph, simplify, type TensorMap } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { describe, expect, test } from 'vitest'
import { executor, numbersOf } from '../testing/compare.ts'
import { noise, noiseSource } from '../testing/noise.ts'
import { prepareQat } from './prepare-qat.ts'

const calibration = noiseSource('input', [1, 16, 16], 32)
const context = { executor, calibration }
const feeds = { input: noise([16, 1, 16, 16], 77) }

/** With every pair of roundings in float32. */
async function logits(graph: Graph, inputs: TensorMap = feeds): Promise<readonly number[]> {
  await using session = await executor.open(graph, { fusesQuantization: false })
  return numbersOf((await session.run(inputs)).logits)
}

const apart = (actual: readonly number[], expected: readonly number[]) =>
  Math.max(...actual.map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN)))) /
  Math.max(...expected.map(Math.abs))

const models = [
  createModel('mobilenet-v1', { width: 0.25, input: [1, 16, 16], classes: 5 }),
  createModel('mobilenet-v2', { width: 0.25, input: [1, 16, 16], classes: 5 }),
  createModel('resnet', { width: 0.25, input: [1, 16, 16], classes: 5 }),
]

describe.each(models)('$name', model => {
  test.each([
    {},
    { activationScale: 'learned' },
    { activationScale: { range: { window: 3 } } },
    { activationScale: 'abs-max' },
    { weightScale: 'learned' },
    { weightScale: 'learned', weightBits: 4, activationBits: 6, perChannel: false },
    { symmetric: true, activations: 'int8' },
    { batchNorm: { epochs: 1 } },
  ] as const)('computes what its quantized form will: %o', async options => {
    const { graph, training } = await prepareQat(model, context, options)
    const exported = await training.finish?.(graph)
    if (!exported) throw new Error('The training has an end.')
    const [float, rounded, after] = [await logits(simplify(model).graph), await logits(graph), await logits(exported)]
    // Ranges of the batch at hand are replaced by calibrated ones.
    const isDynamic = 'activationScale' in options && options.activationScale === 'abs-max'
    expect(apart(after, rounded)).toBeLessThan(isDynamic ? 0.2 : 1e-6)
    expect(apart(rounded, float)).toBeGreaterThan(1e-3)
  })
})
