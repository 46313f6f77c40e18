import type { TrainOptionsInput } from '@pare/train'
import type { TrainingCase } from './training-cases.ts'

/** Stochastic gradient descent as `peers/training.py` has it: biases and BatchNormalization do not decay on either side. */
export const optimizer = { kind: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 5e-4 } as const

/** The options of a training that is only timed. */
export const trainingRecipe = (
  { batchSize }: TrainingCase,
  { lowering = true, learningRate = optimizer.learningRate as number } = {},
): TrainOptionsInput => ({
  epochs: 1,
  batchSize,
  optimizer: { ...optimizer, learningRate },
  schedule: { warmupEpochs: 0 },
  lowering,
})
