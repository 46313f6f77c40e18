import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { centreOf, cutOut } from '../cut-out.ts'

/** Random crop with padding: He et al. 2015, "Deep Residual Learning for Image Recognition", section 4.2. */
export const cropPadding = defineAugmentation({
  kind: 'image',
  id: 'crop-padding',
  options: z
    .int()
    .nonnegative()
    .max(1024)
    .default(0)
    .describe('Move the cut-out by up to so many pixels on each axis; what lies outside of the image is black.'),
  apply: (image, random, padding, size) => {
    const shift = () => Math.floor(random() * (2 * padding + 1)) - padding
    const [down, right] = [shift(), shift()]
    const { top, left } = centreOf(image, size)
    return cutOut(image, { ...size, top: top + down, left: left + right })
  },
})
