import type { Random } from '@pare/core-graph'
import type { z } from 'zod'
import type { Pixels } from './pixels.ts'
import type { ImageSize, Preprocess } from './preprocess.ts'

/** A random change of one image, before range, mean and std: 8 bits a channel, grey or R G B. */
export interface ImageAugmentation<Options extends z.ZodType = z.ZodType> {
  readonly kind: 'image'
  readonly id: string
  readonly options: Options
  /**
   * The changed image; the given one is not written to. How often `random` is called does not depend on the pixels.
   * @param size of the images that the model takes
   */
  apply(image: Pixels, random: Random, options: z.output<Options>, size: ImageSize): Pixels
}

/** A batch of preprocessed images. */
export interface ImageBatch extends ImageSize {
  readonly layout: Preprocess['layout']
  readonly channels: number
  /** Number of images, N. */
  readonly count: number
  /** `[N, C, H, W]` or `[N, H, W, C]`. */
  readonly elements: Float32Array<ArrayBuffer>
}

/** A random mixture of the images of one batch, in the model's own units, which are as linear as pixels are. */
export interface BatchAugmentation<Options extends z.ZodType = z.ZodType> {
  readonly kind: 'batch'
  readonly id: string
  readonly options: Options
  /**
   * The mixed elements, in memory of their own, and the share of each image that is still its own.
   * @param partners of each image, the place of that which is mixed into it
   */
  apply(
    batch: ImageBatch,
    partners: Uint32Array,
    random: Random,
    options: z.output<Options>,
  ): { readonly elements: Float32Array<ArrayBuffer>; readonly share: number }
}

/** Makes a random change of training samples one of the registry. */
export function defineAugmentation<Options extends z.ZodType>(
  unit: ImageAugmentation<Options>,
): ImageAugmentation<Options>
export function defineAugmentation<Options extends z.ZodType>(
  unit: BatchAugmentation<Options>,
): BatchAugmentation<Options>
export function defineAugmentation<Unit extends ImageAugmentation | BatchAugmentation>(unit: Unit): Unit {
  return Object.freeze(unit)
}
