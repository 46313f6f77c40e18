import type { Pixels } from './pixels.ts'
import type { ImageSize } from './preprocess.ts'
import type { Rectangle } from './rectangle.ts'

/** A part of an image; what lies outside of it is black. */
export function cutOut(image: Pixels, { top, left, height, width }: Rectangle): Pixels {
  if (top === 0 && left === 0 && height === image.height && width === image.width) return image
  const { channels, data: from } = image
  const data = new Uint8Array(height * width * channels)
  const start = Math.max(0, -left)
  const end = Math.min(width, image.width - left)
  const bytes = (end - start) * channels
  for (let y = Math.max(0, -top); y < Math.min(height, image.height - top); y++) {
    const to = (y * width + start) * channels
    const at = ((y + top) * image.width + left + start) * channels
    for (let byte = 0; byte < bytes; byte++) data[to + byte] = from[at + byte] ?? 0
  }
  return { height, width, channels, data }
}

/** The part in the middle of an image, rounded up and left. */
export const centreOf = (image: ImageSize, { height, width }: ImageSize): Rectangle => ({
  top: Math.floor((image.height - height) / 2),
  left: Math.floor((image.width - width) / 2),
  height,
  width,
})
