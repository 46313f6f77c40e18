import type { Random } from '@pare/core-graph'
import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { rotate, shear, translate } from '../image-operations/affine.ts'
import { brightness, contrast, saturation, sharpness } from '../image-operations/blend.ts'
import { autocontrast, equalize, posterize, solarize } from '../image-operations/tone.ts'
import type { Pixels } from '../pixels.ts'

/** @param strength from 0 to 1; half of the time negative where an operation has two directions */
type Operation = (image: Pixels, strength: number, sign: 1 | -1) => Pixels

/**
 * The operations of the paper, and their greatest strengths (those of AutoAugment, Cubuk et al. 2019, table 6, and for
 * blends what is symmetrical about 1). Autocontrast and equalize know no strength.
 */
const operations: readonly Operation[] = [
  image => image,
  autocontrast,
  equalize,
  (image, strength, sign) => rotate(image, sign * strength * (Math.PI / 6)),
  (image, strength, sign) => shear(image, { x: sign * strength * 0.3, y: 0 }),
  (image, strength, sign) => shear(image, { x: 0, y: sign * strength * 0.3 }),
  (image, strength, sign) => translate(image, { x: Math.round(sign * strength * greatestShift * image.width), y: 0 }),
  (image, strength, sign) => translate(image, { x: 0, y: Math.round(sign * strength * greatestShift * image.height) }),
  (image, strength) => posterize(image, 8 - Math.round(4 * strength)),
  (image, strength) => solarize(image, 256 - Math.round(256 * strength)),
  (image, strength, sign) => brightness(image, 1 + sign * strength * 0.9),
  (image, strength, sign) => contrast(image, 1 + sign * strength * 0.9),
  (image, strength, sign) => saturation(image, 1 + sign * strength * 0.9),
  (image, strength, sign) => sharpness(image, 1 + sign * strength * 0.9),
]

/** 150 of the 331 pixels of the paper's images. */
const greatestShift = 150 / 331

const greatestMagnitude = 10

/** Cubuk, Zoph, Shlens, Le 2020, "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space". */
export const randAugment = defineAugmentation({
  kind: 'image',
  id: 'rand-augment',
  options: z.strictObject({
    operations: z.int().positive().max(14).default(2).describe('How many operations an image undergoes, of 14.'),
    magnitude: z
      .number()
      .nonnegative()
      .max(greatestMagnitude)
      .default(5)
      .describe('How strong they are, from 0 (only autocontrast and equalize change anything) to 10.'),
  }),
  apply: (image, random, options) => {
    let changed = image
    for (let count = 0; count < options.operations; count++) {
      const { operation, sign } = draw(random)
      changed = operation(changed, options.magnitude / greatestMagnitude, sign)
    }
    return changed
  },
})

function draw(random: Random): { operation: Operation; sign: 1 | -1 } {
  const operation = operations[Math.floor(random() * operations.length)] ?? (image => image)
  return { operation, sign: random() < 0.5 ? 1 : -1 }
}
