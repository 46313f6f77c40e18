import type { Pixels } from '../pixels.ts'

/** What each of the 256 values of a channel becomes, rounded and kept within 0 to 255; asked for in their order. */
function tableOf(change: (value: number) => number): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256)
  for (let value = 0; value < 256; value++) table[value] = change(value)
  return table
}

/** Every value changed by itself. */
export function mapValues(image: Pixels, change: (value: number) => number): Pixels {
  const table = tableOf(change)
  const { data } = image
  const result = new Uint8Array(data.length)
  for (let at = 0; at < data.length; at++) result[at] = table[data[at] ?? 0] ?? 0
  return { ...image, data: result }
}

/** Every channel changed by a table of its own, made of how often each value occurs in it. */
function mapChannels(image: Pixels, tableOfCounts: (counts: Uint32Array) => ArrayLike<number>): Pixels {
  const { channels, data } = image
  const result = new Uint8Array(data.length)
  for (let channel = 0; channel < channels; channel++) {
    const counts = new Uint32Array(256)
    for (let at = channel; at < data.length; at += channels) {
      const value = data[at] ?? 0
      counts[value] = (counts[value] ?? 0) + 1
    }
    const table = tableOfCounts(counts)
    for (let at = channel; at < data.length; at += channels) result[at] = table[data[at] ?? 0] ?? 0
  }
  return { ...image, data: result }
}

/** Stretches each channel so that its darkest value becomes 0 and its brightest 255; one of a single value stays. */
export const autocontrast = (image: Pixels): Pixels =>
  mapChannels(image, counts => {
    const darkest = counts.findIndex(count => count > 0)
    const brightest = counts.findLastIndex(count => count > 0)
    return tableOf(value => (darkest === brightest ? value : ((value - darkest) * 255) / (brightest - darkest)))
  })

/** Makes all values of each channel equally frequent, as far as its histogram allows: Pillow's `ImageOps.equalize`. */
export const equalize = (image: Pixels): Pixels =>
  mapChannels(image, counts => {
    const ofBrightest = counts.findLast(count => count > 0) ?? 0
    const step = Math.floor((image.width * image.height - ofBrightest) / 255)
    if (step === 0) return tableOf(value => value)
    let below = Math.floor(step / 2)
    return tableOf(value => {
      const level = Math.floor(below / step)
      below += counts[value] ?? 0
      return level
    })
  })

/** Keeps so many of the 8 bits of each value, the highest. */
export const posterize = (image: Pixels, bits: number): Pixels =>
  bits === 8 ? image : mapValues(image, value => value & (0xff << (8 - bits)))

/** Inverts the values from a threshold on. */
export const solarize = (image: Pixels, threshold: number): Pixels =>
  mapValues(image, value => (value < threshold ? value : 255 - value))
