import { lumaOf, type Pixels } from '../pixels.ts'
import { mapValues } from './tone.ts'

// Each blends an image with a degenerate one, as Pillow's ImageEnhance does: degenerate + factor · (image − degenerate),
// rounded and kept within 0 to 255. Factor 0 gives the degenerate image, 1 the image itself, more exaggerates it.

/** Blends with black. */
export const brightness = (image: Pixels, factor: number): Pixels => mapValues(image, value => value * factor)

/** Blends with the mean luma of the image, rounded. */
export function contrast(image: Pixels, factor: number): Pixels {
  if (factor === 1) return image
  const { channels, data } = image
  let sum = 0
  for (let at = 0; at < data.length; at += channels) sum += channels === 3 ? lumaOf(data, at) : (data[at] ?? 0)
  const mean = Math.round(sum / (data.length / channels))
  return mapValues(image, value => mean + factor * (value - mean))
}

/** Blends with the luma of each pixel; a grey image has no other, and stays. */
export function saturation(image: Pixels, factor: number): Pixels {
  const { channels, data } = image
  if (channels === 1 || factor === 1) return image
  const result = new Uint8ClampedArray(data.length)
  for (let at = 0; at < data.length; at += 3) {
    const grey = Math.round(lumaOf(data, at))
    result[at] = grey + factor * ((data[at] ?? 0) - grey)
    result[at + 1] = grey + factor * ((data[at + 1] ?? 0) - grey)
    result[at + 2] = grey + factor * ((data[at + 2] ?? 0) - grey)
  }
  return { ...image, data: new Uint8Array(result.buffer) }
}

/** Blends with the image smoothed by [1 1 1; 1 5 1; 1 1 1] / 13, rounded; the outermost pixels stay. */
export function sharpness(image: Pixels, factor: number): Pixels {
  if (factor === 1) return image
  const { height, width, channels, data } = image
  const result = Uint8ClampedArray.from(data)
  const row = width * channels
  for (let y = 1; y < height - 1; y++)
    for (let at = y * row + channels; at < (y + 1) * row - channels; at++) {
      const value = data[at] ?? 0
      let sum = 4 * value
      for (let line = at - row; line <= at + row; line += row)
        sum += (data[line - channels] ?? 0) + (data[line] ?? 0) + (data[line + channels] ?? 0)
      const smooth = Math.round(sum / 13)
      result[at] = smooth + factor * (value - smooth)
    }
  return { ...image, data: new Uint8Array(result.buffer) }
}
