import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { areaSchema, aspectSchema, drawRectangle } from '../rectangle.ts'

/**
 * A rectangle of the image becomes noise: Zhong et al. 2017, "Random Erasing Data Augmentation". With `fill: black`,
 * `aspect: [1, 1]` and one area it is cutout (DeVries and Taylor 2017), but that the square lies within the image.
 */
export const randomErasing = defineAugmentation({
  kind: 'image',
  id: 'random-erasing',
  options: z.strictObject({
    probability: z.number().min(0).max(1).default(0.5).describe('Share of the images that lose a part.'),
    area: areaSchema.default([0.02, 0.4]).describe("Least and greatest share of the image's area that is erased."),
    aspect: aspectSchema.default([0.3, 1 / 0.3]).describe('Least and greatest aspect ratio (width / height) of that.'),
    fill: z.enum(['noise', 'black']).default('noise').describe('What is there instead.'),
  }),
  apply: (image, random, options) => {
    if (random() >= options.probability) return image
    const part = drawRectangle(image, options, random)
    if (!part) return image
    const { width, channels } = image
    const data = image.data.slice()
    for (let y = part.top; y < part.top + part.height; y++) {
      const start = (y * width + part.left) * channels
      const end = start + part.width * channels
      if (options.fill === 'black') data.fill(0, start, end)
      else for (let byte = start; byte < end; byte++) data[byte] = Math.floor(256 * random())
    }
    return { ...image, data }
  },
})
