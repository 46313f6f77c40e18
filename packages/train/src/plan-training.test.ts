import { createBuilder, tensorOf } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expect, test } from 'vitest'
import { planTraining } from './plan-training.ts'
import { patterns } from './testing/patterns.ts'

/** A hidden layer, BatchNormalization and a classifier: 64·8 + 8 + 8 + 8·4 + 4 numbers to train; and a layer beside them. */
function model() {
  const b = createBuilder('small')
  const floats = (name: string, ...dims: readonly number[]) =>
    b.initializer(name, tensorOf('float32', dims, new Float32Array(dims.reduce((a, c) => a * c)).fill(0.1)))
  const features = b.Flatten(b.input('input', 'float32', ['N', 1, 8, 8]))
  const hidden = b.MatMul(features, floats('hidden', 64, 8))
  const normalized = b.BatchNormalization(
    hidden,
    floats('scale', 8),
    floats('shift', 8),
    floats('mean', 8),
    floats('variance', 8),
  )
  b.output(b.named(b.Gemm(b.Relu(normalized), floats('classifier', 8, 4), floats('bias', 4)), 'logits'))
  b.output(b.named(b.MatMul(features, floats('beside', 64, 2)), 'side'))
  return b.build()
}

const setup = { source: patterns(128, 1), executor: createExecutor({ threads: 1 }), seed: 1 }
const loss = [{ loss: 'cross-entropy', logits: 'logits' } as const]

test('a plan names what is trained, and what is not and why; it counts and times', async () => {
  const options = { batchSize: 16, loss, freeze: ['bias'] }
  const grown = [1000, 1500]
  const memoryUsage = () => grown.shift() ?? 0
  const plan = await planTraining(model(), { ...setup, options, measuredSteps: 3, memoryUsage })
  expect(plan.trained.map(({ name }) => name).toSorted()).toEqual(['classifier', 'hidden', 'scale', 'shift'])
  expect(plan.parameters).toBe(64 * 8 + 8 + 8 + 8 * 4)
  expect(plan.frozen).toEqual([
    { name: 'mean', dims: [8], reason: 'state that follows the batches' },
    { name: 'variance', dims: [8], reason: 'state that follows the batches' },
    { name: 'bias', dims: [4], reason: 'kept by freeze' },
    { name: 'beside', dims: [64, 2], reason: 'the loss does not depend on it' },
  ])
  expect(plan.stepsPerEpoch).toBe(8)
  // Weights and their velocities, and the running statistics.
  expect(plan.memory.state).toBe(4 * (2 * plan.parameters + 16))
  // At least the batch, what the layers make of it, and the state before and after.
  expect(plan.memory.step).toBeGreaterThan(4 * 16 * (64 + 8 + 8 + 4) + 2 * plan.memory.state)
  expect(plan.measured?.steps).toBe(3)
  expect(plan.measured?.memory).toBe(500)
  expect(plan.measured?.secondsPerEpoch).toBeCloseTo(8 * (plan.measured?.secondsPerStep ?? 0), 9)
})

test('a plan needs no steps, nor more than there are', async () => {
  const planned = async (measuredSteps: number) =>
    (await planTraining(model(), { ...setup, options: { batchSize: 16, accumulate: 4, loss }, measuredSteps })).measured
  expect(await planned(0)).toBeUndefined()
  expect((await planned(100))?.steps).toBe(7)
})

test('what cannot be trained cannot be planned', async () => {
  const source = { ...setup.source, labelled: false }
  await expect(planTraining(model(), { ...setup, source, options: { loss } })).rejects.toMatchObject({
    code: 'DATA_LABELS',
  })
})
