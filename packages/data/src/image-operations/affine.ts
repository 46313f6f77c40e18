import { cutOut } from '../cut-out.ts'
import type { Pixels } from '../pixels.ts'

/** In pixels, or shares of a pixel; x to the right and y down. */
interface Vector {
  readonly x: number
  readonly y: number
}

/** Turns an image about its centre, counterclockwise, by an angle in radians. */
export const rotate = (image: Pixels, angle: number): Pixels => {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)]
  return angle === 0 ? image : affine(image, { x: cosine, y: sine }, { x: -sine, y: cosine })
}

/** Moves every pixel to the right by `x` times its distance below the centre, and down by `y` times that to its right. */
export const shear = (image: Pixels, by: Vector): Pixels =>
  by.x === 0 && by.y === 0 ? image : affine(image, { x: 1, y: -by.y }, { x: -by.x, y: 1 })

/** Moves an image by whole pixels. */
export const translate = (image: Pixels, by: Vector): Pixels =>
  cutOut(image, { top: -by.y, left: -by.x, height: image.height, width: image.width })

/**
 * An image under a linear map about its centre, of the same size: bilinear, black outside of the image, rounded.
 * @param across what one pixel to the right in the result is in the image
 * @param down what one pixel down in the result is in the image
 */
function affine(image: Pixels, across: Vector, down: Vector): Pixels {
  const { height, width, channels, data: from } = image
  const data = new Uint8ClampedArray(from.length)
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2]
  const row = width * channels
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sourceX = centreX + (x - centreX) * across.x + (y - centreY) * down.x
      const sourceY = centreY + (x - centreX) * across.y + (y - centreY) * down.y
      const left = Math.floor(sourceX)
      const top = Math.floor(sourceY)
      const leftAt = within(left, width) * channels
      const rightAt = within(left + 1, width) * channels
      const topAt = within(top, height) * row
      const bottomAt = within(top + 1, height) * row
      // What lies outside has no weight, so that any pixel may stand for it.
      const leftWeight = leftAt === left * channels ? left + 1 - sourceX : 0
      const rightWeight = rightAt === (left + 1) * channels ? sourceX - left : 0
      const topWeight = topAt === top * row ? top + 1 - sourceY : 0
      const bottomWeight = bottomAt === (top + 1) * row ? sourceY - top : 0
      for (let channel = 0; channel < channels; channel++, to++) {
        const upper = topAt + channel
        const lower = bottomAt + channel
        data[to] =
          topWeight * (leftWeight * (from[upper + leftAt] ?? 0) + rightWeight * (from[upper + rightAt] ?? 0)) +
          bottomWeight * (leftWeight * (from[lower + leftAt] ?? 0) + rightWeight * (from[lower + rightAt] ?? 0))
      }
    }
  return { ...image, data: new Uint8Array(data.buffer) }
}

const within = (place: number, length: number): number => Math.max(0, Math.min(place, length - 1))
