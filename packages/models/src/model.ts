import type { Graph } from '@pare/core-graph'
import { z } from 'zod'

/** A family of models that is made in code. */
export interface Model<Options extends z.ZodType = z.ZodType> {
  readonly id: string
  /** One sentence for help and forms. */
  readonly description: string
  readonly options: Options
  /** The untrained model. The options have their defaults filled in. */
  readonly create: (options: z.output<Options>) => Graph
}

export const defineModel = <Options extends z.ZodType>(model: Model<Options>): Model<Options> => Object.freeze(model)

/** The options of every family. */
export const commonOptions = {
  input: z
    .tuple([z.int().positive(), z.int().positive(), z.int().positive()])
    .default([3, 224, 224])
    .describe('Shape of one image: channels, height, width'),
  classes: z.int().positive().default(1000).describe('Number of classes'),
  stemStride: z
    .literal([1, 2])
    .optional()
    .describe('Stride of the first convolution. Default: 1 for images of less than 64 pixels, else 2'),
  seed: z.int().default(0).describe('Seed of the initial weights'),
}

export const widthOption = z
  .number()
  .positive()
  .max(4)
  .default(1)
  .describe('Factor by which every layer has more or fewer channels')

/** Images of less than 64 pixels on a side (CIFAR, MNIST) would be nothing after the papers' five halvings. */
export const defaultStemStride = ([, height, width]: readonly number[]): number =>
  Math.min(height ?? 0, width ?? 0) < 64 ? 1 : 2
