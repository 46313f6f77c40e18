import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { mixingOptions } from '../mixing-options.ts'
import { symmetricBeta } from '../symmetric-beta.ts'

/**
 * A rectangle of every image is cut out of its partner instead, the same in the whole batch: Yun et al. 2019, "CutMix:
 * Regularization Strategy to Train Strong Classifiers with Localizable Features". Its sides are √(1 − share) of the
 * image's, its centre lies anywhere; what reaches beyond the image is cut off, and the share is that of the area left.
 */
export const cutmix = defineAugmentation({
  kind: 'batch',
  id: 'cutmix',
  options: z.strictObject(mixingOptions(1)),
  apply: ({ count, layout, channels, height, width, elements }, partners, random, { alpha }) => {
    const side = Math.sqrt(1 - symmetricBeta(alpha, random))
    const [top, bottom] = span(height, side, random())
    const [left, right] = span(width, side, random())
    const mixed = elements.slice()
    const length = elements.length / count
    const [planes, step] = layout === 'NCHW' ? [channels, 1] : [1, channels]
    for (let image = 0; image < count; image++) {
      const start = image * length
      const partner = (partners[image] ?? image) * length
      for (let plane = 0; plane < planes; plane++)
        for (let y = top; y < bottom; y++) {
          const row = (plane * height + y) * width * step
          for (let place = row + left * step; place < row + right * step; place++)
            mixed[start + place] = elements[partner + place] ?? 0
        }
    }
    return { elements: mixed, share: 1 - ((bottom - top) * (right - left)) / (height * width) }
  },
})

/** First and past the last pixel of a span about a random pixel, within the image. */
function span(length: number, share: number, drawn: number): readonly [number, number] {
  const centre = Math.floor(drawn * length)
  const cut = Math.floor(length * share)
  const start = centre - Math.floor(cut / 2)
  return [Math.max(0, start), Math.min(length, start + cut)]
}
