import { createExecutor } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { lower } from '../../../packages/train/src/lowering/lower.ts'
import { loweringFacts } from '../../../packages/train/src/lowering/probe.ts'
import { prepared } from '../../../packages/train/src/model-state.ts'
import type { Flips, GradientDistance } from '../../../packages/train/src/testing/gradient-distance.ts'
import { gradientProof } from '../../../packages/train/src/testing/gradient-proof.ts'
import { distanceTo, readRecord } from '../../../packages/train/src/testing/gradient-record.ts'
import { withConstants } from '../../../packages/train/src/testing/planted-faults.ts'
import { image, trainableModels } from './trainable-models.ts'

const recordOf = (name: string) => readRecord(new URL(`../../fixtures/gradients/${name}.json`, import.meta.url))
const facts = await loweringFacts(createExecutor({ threads: 1 }))

/** What rounding makes of deep networks where the same branches are taken; a few may be taken otherwise by chance. */
function expectRounding({ worst, median, units, flips, farthest }: GradientDistance & Flips) {
  expect(worst).toBeLessThan(3e-4)
  expect(median).toBeLessThan(3e-5)
  expect(flips).toBeLessThanOrEqual(2 + 1e-5 * units)
  expect(farthest).toBeLessThan(1e-3)
}

describe.for(trainableModels)('the gradients of $name', ({ name, load, lowered }) => {
  const record = recordOf(name)
  const { labelSmoothing } = record
  const model = prepared(load())

  test('are those of PyTorch: in float64, and in float32 but for rounding', async () => {
    const proof = gradientProof(model, { size: record.batch, image, labelSmoothing })
    const gradients = proof.inFloat64()
    expect(distanceTo(record, gradients)).toBeLessThan(1e-11)
    // Beside these, torch.export writes out a bias of zeros for each convolution that has none.
    const zeros = proof.trained.filter(parameter => !(parameter in record.parameters))
    expect(zeros.filter(parameter => model.initializers.get(parameter)?.dims.length !== 1)).toEqual([])
    expectRounding(await proof.inFloat32())
  })

  test('are the same of the lowered step', async () => {
    const proof = gradientProof(model, { ...lowered, labelSmoothing })
    expectRounding(await proof.inFloat32(step => lower(step, facts).graph))
  })
})

test('a wrong number of pixels in the gradient of a mean is found', async () => {
  const model = trainableModels.find(({ name }) => name === 'efficientnet-lite-folded')
  const record = recordOf('efficientnet-lite-folded')
  const proof = gradientProof(prepared(model?.load() ?? expect.fail()), {
    size: record.batch,
    image,
    labelSmoothing: record.labelSmoothing,
  })
  const fault = {
    graph: (graph: Parameters<typeof withConstants>[0]) =>
      withConstants(graph, 'AveragePool', (value, { op }) => (op === 'Div' ? value - 1 : value)),
  }
  expect(distanceTo(record, proof.inFloat64(fault))).toBeGreaterThan(1e-3)
  expect((await proof.inFloat32(undefined, fault)).median).toBeGreaterThan(1e-3)
})
