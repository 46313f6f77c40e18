import { createRandom, type Random } from '@pare/core-graph'
import { z } from 'zod'
import type { ImageBatch } from './augmentation.ts'
import { augmentations } from './augmentations/registry.ts'
import { permutation } from './order.ts'
import type { Pixels } from './pixels.ts'
import type { ImageSize } from './preprocess.ts'

const {
  'random-resized-crop': randomResizedCrop,
  'crop-padding': cropPadding,
  'horizontal-flip': horizontalFlip,
  'colour-jitter': colourJitter,
  'rand-augment': randAugment,
  'random-erasing': randomErasing,
  mixup,
  cutmix,
} = augmentations

/** Random changes of training images, in the order that they are made; applied only to batches that ask for them. */
export const augmentSchema = z
  .strictObject({
    randomResizedCrop: randomResizedCrop.options
      .optional()
      .describe(
        'Cut out a part of random size and shape and resize it to what the model takes, in place of the resize and crop of the preprocessing (Szegedy et al. 2015).',
      ),
    cropPadding: cropPadding.options,
    horizontalFlip: horizontalFlip.options,
    colourJitter: colourJitter.options
      .optional()
      .describe('Change brightness, contrast and, of colour images, saturation and hue (Howard 2013).'),
    randAugment: randAugment.options
      .optional()
      .describe('Some operations out of 14, drawn for each image (Cubuk et al. 2020).'),
    randomErasing: randomErasing.options.optional().describe('Erase a rectangle (Zhong et al. 2017).'),
    mixup: mixup.options
      .optional()
      .describe('Blend each image of a batch with another one, and their labels too (Zhang et al. 2018).'),
    cutmix: cutmix.options
      .optional()
      .describe(
        'Replace a rectangle of each image by that of another one, and share the labels out (Yun et al. 2019).',
      ),
  })
  .refine(({ mixup, cutmix }) => (mixup?.probability ?? 0) + (cutmix?.probability ?? 0) <= 1, {
    path: ['cutmix', 'probability'],
    message: 'a batch is mixed by mixup or by cutmix: give each a probability, together at most 1',
  })

export type Augment = z.output<typeof augmentSchema>
export type AugmentInput = z.input<typeof augmentSchema>

/** What the random changes of a batch are drawn by. */
export interface BatchDraw {
  readonly seed: number
  readonly epoch: number
  /** Of the batch in its epoch, from 0. */
  readonly place: number
}

/** Whether nothing is asked for. */
export const changesNothing = ({ cropPadding, horizontalFlip, ...others }: Augment): boolean =>
  cropPadding === 0 && !horizontalFlip && Object.values(others).every(options => options === undefined)

/** Whether images of a batch are mixed, and so their labels. */
export const mixes = ({ mixup, cutmix }: Augment): boolean => mixup !== undefined || cutmix !== undefined

/**
 * The random numbers of one sample in one epoch: the same three numbers give the same changes, whatever batch it is in.
 * @param index of the sample in its file or list
 */
export const randomOfSample = ({ seed, epoch }: Pick<BatchDraw, 'seed' | 'epoch'>, index: number): Random =>
  // Substream 0 of an epoch orders the samples.
  createRandom(seed, epoch, index + 1)

/**
 * What takes the place of an image's resize, where that is random.
 * @param size of the images that the model takes
 */
export const resizedAtRandom = (image: Pixels, size: ImageSize, augment: Augment, random: Random): Pixels | undefined =>
  augment.randomResizedCrop && randomResizedCrop.apply(image, random, augment.randomResizedCrop, size)

/** A part of an image, changed at random. */
export function changedAtRandom(image: Pixels, size: ImageSize, augment: Augment, random: Random): Pixels {
  let changed = cropPadding.apply(image, random, augment.cropPadding, size)
  changed = horizontalFlip.apply(changed, random, augment.horizontalFlip, size)
  if (augment.colourJitter) changed = colourJitter.apply(changed, random, augment.colourJitter, size)
  if (augment.randAugment) changed = randAugment.apply(changed, random, augment.randAugment, size)
  if (augment.randomErasing) changed = randomErasing.apply(changed, random, augment.randomErasing, size)
  return changed
}

/** A batch whose images are mixed: the partner of each, and the share of each that is still its own. */
interface Mixture {
  readonly elements: Float32Array<ArrayBuffer>
  readonly partners: Uint32Array
  readonly share: number
}

/** Mixes the images of a batch with each other; undefined where this batch is left as it is. */
export function mixBatch(batch: ImageBatch, augment: Augment, { seed, epoch, place }: BatchDraw): Mixture | undefined {
  if (!mixes(augment)) return undefined
  // No epoch has so many samples that one of them has the same substream.
  const random = createRandom(seed, epoch, -1 - place)
  const chance = random()
  const partners = permutation(batch.count, random)
  const ofMixup = augment.mixup?.probability ?? 0
  if (augment.mixup && chance < ofMixup) return { partners, ...mixup.apply(batch, partners, random, augment.mixup) }
  if (augment.cutmix && chance < ofMixup + augment.cutmix.probability)
    return { partners, ...cutmix.apply(batch, partners, random, augment.cutmix) }
  return undefined
}
