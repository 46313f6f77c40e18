import { z } from 'zod'
import { anyKind } from './kind-option.ts'
import { loopOptions } from './loop-options.ts'
import { losses } from './losses/registry.ts'
import { optimizers } from './optimizers/registry.ts'
import { schedules } from './schedules/registry.ts'

type LossSchema = (typeof losses)[keyof typeof losses]['term']

const lossTerm = z.discriminatedUnion(
  'loss',
  Object.values(losses).map(({ term }) => term) as unknown as [LossSchema, ...LossSchema[]],
)

const frozenFrom = z.strictObject({
  pattern: z.string().min(1).describe('Weights by name, or all of a node'),
  epoch: z.int().positive().describe('They stay from this epoch on, the first being 1'),
})

/** What a recipe says under `train:`. */
export const trainOptions = z
  .strictObject({
    epochs: z.int().positive().default(10).describe('How often the training data is gone through'),
    batchSize: z.int().min(2).default(64).describe('Samples in one step; a last batch that is not full is left out'),
    accumulate: z
      .int()
      .positive()
      .default(1)
      .describe(
        'Steps whose gradients are averaged for one update of the weights: as if batches were so many times larger',
      ),
    optimizer: anyKind(Object.values(optimizers), optimizers.sgd)
      .prefault({})
      .describe('How the weights follow their gradients'),
    schedule: anyKind(Object.values(schedules), schedules.cosine)
      .prefault({})
      .describe('How the learning rate changes after the warm-up'),
    loss: z
      .array(lossTerm)
      .prefault([{ loss: 'cross-entropy' }])
      .describe('What is made small: the weighted sum of these terms'),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(1)
      .default(0)
      .describe('Share of the targets that is spread evenly over all classes'),
    clipNorm: z
      .number()
      .positive()
      .optional()
      .describe('Longest gradient, all weights taken together: a longer one is shortened to it. Default: any length'),
    average: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe(
        'Evaluate and keep the moving average of the weights, of which this share, such as 0.999, stays at each update (less in the first ones). Default: the weights themselves',
      ),
    freeze: z
      .array(z.union([z.string().min(1), frozenFrom]))
      .default([])
      .describe(
        'Weights that stay as they are, from the start or from an epoch on (`{ pattern, epoch }`): by name, or all of a node, in the patterns that choose nodes. BatchNormalization then keeps its statistics too',
      ),
    ...loopOptions,
    augment: z.boolean().default(true).describe('Change the samples at random, as the data declares'),
    lowering: z
      .boolean()
      .default(true)
      .describe('Rewrite the step for the fastest operators of the runtime; without, it is standard ONNX'),
  })
  .refine(({ epochs, schedule }) => (schedule.warmupEpochs ?? 0) < epochs, {
    path: ['schedule', 'warmupEpochs'],
    message: 'the warm-up must be shorter than the training (`epochs`), which would end at its highest learning rate',
  })

export type TrainOptions = z.output<typeof trainOptions>
/** As a user writes it: what has a default may be left out. */
export type TrainOptionsInput = z.input<typeof trainOptions>
