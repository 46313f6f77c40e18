import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { brightness, contrast, saturation } from '../image-operations/blend.ts'
import { turnHue } from '../image-operations/hue.ts'
import { permutation } from '../order.ts'
import type { Pixels } from '../pixels.ts'

const strength = (what: string) =>
  z
    .number()
    .nonnegative()
    .max(10)
    .default(0.4)
    .describe(`${what} is multiplied by a number from 1 − this (at least 0) to 1 + this.`)

/**
 * Brightness, contrast, saturation and hue in random order: Howard 2013, "Some Improvements on Deep Convolutional
 * Neural Network Based Image Classification", section 2. Grey images have brightness and contrast only.
 */
export const colourJitter = defineAugmentation({
  kind: 'image',
  id: 'colour-jitter',
  options: z.strictObject({
    brightness: strength('Brightness'),
    contrast: strength('Contrast'),
    saturation: strength('Saturation'),
    hue: z
      .number()
      .nonnegative()
      .max(0.5)
      .default(0)
      .describe('Hue is turned by up to this share of the circle, either way.'),
  }),
  apply: (image, random, options) => {
    const within = (strength: number) => strength * (2 * random() - 1)
    const factor = (strength: number) => {
      const low = Math.max(0, 1 - strength)
      return low + random() * (1 + strength - low)
    }
    const factors = [factor(options.brightness), factor(options.contrast), factor(options.saturation)] as const
    const turn = within(options.hue)
    const steps: readonly ((image: Pixels) => Pixels)[] = [
      current => brightness(current, factors[0]),
      current => contrast(current, factors[1]),
      current => saturation(current, factors[2]),
      current => turnHue(current, turn),
    ]
    return permutation(steps.length, random).reduce((current, step) => steps[step]?.(current) ?? current, image)
  },
})
