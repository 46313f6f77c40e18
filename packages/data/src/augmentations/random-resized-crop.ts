import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { centreOf, cutOut } from '../cut-out.ts'
import type { ImageSize } from '../preprocess.ts'
import { kernelSchema } from '../preprocess.ts'
import { areaSchema, aspectSchema, drawRectangle } from '../rectangle.ts'
import { resizeTo } from '../resize.ts'

/**
 * A part of the image as it is in the file, resized to what the model takes: Szegedy et al. 2015, "Going Deeper with
 * Convolutions", section 6. It stands in for the preprocessing's own resize and crop.
 */
export const randomResizedCrop = defineAugmentation({
  kind: 'image',
  id: 'random-resized-crop',
  options: z.strictObject({
    area: areaSchema.default([0.08, 1]).describe("Least and greatest share of the image's area that is cut out."),
    aspect: aspectSchema.default([3 / 4, 4 / 3]).describe('Least and greatest aspect ratio (width / height) of that.'),
    kernel: kernelSchema,
  }),
  apply: (image, random, options, size) => {
    const part = drawRectangle(image, options, random) ?? centreOf(image, withinAspect(image, options.aspect))
    return resizeTo(cutOut(image, part), size, options.kernel)
  },
})

/** The largest part of an image that has an allowed aspect ratio. */
const withinAspect = ({ height, width }: ImageSize, [low, high]: readonly [number, number]): ImageSize => ({
  height: Math.min(height, Math.max(1, Math.round(width / low))),
  width: Math.min(width, Math.max(1, Math.round(height * high))),
})
