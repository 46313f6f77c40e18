import type { Random } from '@pare/core-graph'
import { z } from 'zod'
import type { ImageSize } from './preprocess.ts'

/** A part of an image, in pixels from its upper left corner. */
export interface Rectangle extends ImageSize {
  readonly top: number
  readonly left: number
}

/** A pair of numbers, the smaller first. */
const ascending = (number: z.ZodNumber) =>
  z.tuple([number, number]).refine(([low, high]) => low <= high, 'the first number must not be above the second')

/** The least and the greatest share of the image's area that a rectangle takes. */
export const areaSchema = ascending(z.number().gt(0).max(1))

/** The least and the greatest aspect ratio, width divided by height. */
export const aspectSchema = ascending(z.number().positive())

interface RectangleOptions {
  readonly area: readonly [number, number]
  readonly aspect: readonly [number, number]
}

const attempts = 10

/**
 * A rectangle anywhere in an image: its share of the area uniform, its aspect ratio uniform on a logarithmic scale, so
 * that tall ones are as frequent as wide ones. Undefined where ten of them in a row did not fit into the image.
 */
export function drawRectangle(image: ImageSize, { area, aspect }: RectangleOptions, random: Random) {
  const between = (low: number, high: number) => low + random() * (high - low)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const pixels = between(...area) * image.width * image.height
    const ratio = Math.exp(between(Math.log(aspect[0]), Math.log(aspect[1])))
    const width = Math.max(1, Math.round(Math.sqrt(pixels * ratio)))
    const height = Math.max(1, Math.round(Math.sqrt(pixels / ratio)))
    if (width <= image.width && height <= image.height)
      return {
        top: Math.floor(random() * (image.height - height + 1)),
        left: Math.floor(random() * (image.width - width + 1)),
        height,
        width,
      } satisfies Rectangle
  }
  return undefined
}
