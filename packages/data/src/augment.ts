import { createRandom } from '@pare/core-graph'
import { z } from 'zod'

/** Random changes of training images; applied only to batches that ask for them. */
export const augmentSchema = z.strictObject({
  horizontalFlip: z.boolean().default(false).describe('Mirror left and right, every second image on average.'),
  cropPadding: z
    .int()
    .nonnegative()
    .max(1024)
    .default(0)
    .describe('Move the cut-out by up to so many pixels on each axis; what lies outside of the image is black.'),
})

export type Augment = z.output<typeof augmentSchema>
export type AugmentInput = z.input<typeof augmentSchema>

/** What one image undergoes: pixels that the cut-out moves down and right, and whether it is mirrored. */
export interface Change {
  readonly down: number
  readonly right: number
  readonly flip: boolean
}

export const noChange: Change = Object.freeze({ down: 0, right: 0, flip: false })

/**
 * The change of one sample in one epoch: the same three numbers give the same change, whatever batch it is in.
 * Random crop with padding as of He et al. 2015 (Deep Residual Learning), section 4.2.
 * @param index of the sample in its file or list
 */
export function drawChange(
  { horizontalFlip, cropPadding }: Augment,
  seed: number,
  epoch: number,
  index: number,
): Change {
  // Substream 0 of an epoch orders the samples.
  const random = createRandom(seed, epoch, index + 1)
  const shift = () => Math.floor(random() * (2 * cropPadding + 1)) - cropPadding
  return { down: shift(), right: shift(), flip: horizontalFlip && random() < 0.5 }
}
