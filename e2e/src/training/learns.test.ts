import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { describe, expect, test } from 'vitest'
import { accuracyOn, patterns } from '../../../packages/train/src/testing/patterns.ts'
import { train } from '../../../packages/train/src/train.ts'
import { image, type TrainableModel, trainableModels } from './trainable-models.ts'

const ours: Pick<TrainableModel, 'name' | 'load' | 'optimizer'> = {
  name: 'mobilenet-v1 of @pare/models',
  load: () => createModel('mobilenet-v1', { width: 0.25, input: [...image], classes: 10 }),
  optimizer: { kind: 'sgd', learningRate: 0.05 },
}

describe.for([...trainableModels, ours])('$name', ({ load, optimizer }) => {
  test('halves its loss within 50 steps, and learns 64 images by heart', async () => {
    const model = load()
    const source = patterns(64, 5, { input: model.inputs[0]?.name ?? '', shape: image, classes: 10 })
    const losses: number[] = []
    let sum = 0
    const { best } = await train(model, {
      options: {
        epochs: 25,
        evaluateEvery: 5,
        batchSize: 16,
        optimizer,
        schedule: { warmupEpochs: 1 },
        augment: false,
      },
      source,
      executor: createExecutor({ threads: 1 }),
      evaluate: accuracyOn(source),
      seed: 1,
      onProgress: ({ step, loss }) => {
        const before = step === 1 ? 0 : sum
        sum = loss * step
        losses.push(sum - before)
      },
    })
    expect(Math.min(...losses.slice(0, 50))).toBeLessThan((losses[0] ?? 0) / 2)
    expect(best.metrics.top1).toBe(1)
  })
})
