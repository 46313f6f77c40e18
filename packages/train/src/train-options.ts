import { z } from 'zod'

const optimizer = z.strictObject({
  kind: z.literal('sgd').default('sgd').describe('Stochastic gradient descent with momentum'),
  learningRate: z.number().positive().default(0.1).describe('Highest learning rate, reached after the warm-up'),
  momentum: z.number().min(0).lt(1).default(0.9).describe('Share of the last step that is taken again'),
  weightDecay: z
    .number()
    .nonnegative()
    .default(1e-4)
    .describe('Pulls weights of convolutions and linear layers to 0; biases and BatchNormalization are spared'),
})

const schedule = z.strictObject({
  kind: z.literal('cosine').default('cosine').describe('Falls to 0 along half a cosine wave'),
  warmupEpochs: z
    .number()
    .nonnegative()
    .default(1)
    .describe('Epochs, or a part of one, over which the learning rate rises from 0'),
})

/** What a recipe says under `train:`. */
export const trainOptions = z.strictObject({
  epochs: z.int().positive().default(10).describe('How often the training data is gone through'),
  batchSize: z.int().min(2).default(64).describe('Samples in one step; a last batch that is not full is left out'),
  optimizer: optimizer.prefault({}).describe('How the weights follow their gradients'),
  schedule: schedule.prefault({}).describe('How the learning rate changes'),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .default(0)
    .describe('Share of the target that is spread evenly over all classes'),
  augment: z.boolean().default(true).describe('Change the samples at random, as the data declares'),
})

export type TrainOptions = z.output<typeof trainOptions>
/** As a user writes it: what has a default may be left out. */
export type TrainOptionsInput = z.input<typeof trainOptions>
