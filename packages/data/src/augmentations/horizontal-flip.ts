import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'

/** Krizhevsky, Sutskever, Hinton 2012, "ImageNet Classification with Deep Convolutional Neural Networks", section 4.1. */
export const horizontalFlip = defineAugmentation({
  kind: 'image',
  id: 'horizontal-flip',
  options: z.boolean().default(false).describe('Mirror left and right, every second image on average.'),
  apply: (image, random, isWanted) => {
    if (!isWanted || random() >= 0.5) return image
    const { height, width, channels, data: from } = image
    const data = new Uint8Array(from.length)
    for (let y = 0, to = 0; y < height; y++)
      for (let x = width - 1; x >= 0; x--)
        for (let channel = 0; channel < channels; channel++)
          data[to++] = from[(y * width + x) * channels + channel] ?? 0
    return { ...image, data }
  },
})
