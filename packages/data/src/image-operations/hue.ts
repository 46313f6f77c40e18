import type { Pixels } from '../pixels.ts'

/**
 * Turns the hue of every pixel by a share of the circle, keeping value and saturation of the HSV cone (Smith 1978,
 * "Color Gamut Transform Pairs"). Grey images have no hue, and stay.
 */
export function turnHue(image: Pixels, turn: number): Pixels {
  const { channels, data } = image
  if (channels === 1 || turn === 0) return image
  const result = new Uint8ClampedArray(data.length)
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at] ?? 0
    const green = data[at + 1] ?? 0
    const blue = data[at + 2] ?? 0
    const value = Math.max(red, green, blue)
    const chroma = value - Math.min(red, green, blue)
    const sixths = hueOf(red, green, blue, value, chroma) + 6 * turn
    result[at] = component(5, sixths, value, chroma)
    result[at + 1] = component(3, sixths, value, chroma)
    result[at + 2] = component(1, sixths, value, chroma)
  }
  return { ...image, data: new Uint8Array(result.buffer) }
}

/** In sixths of the circle: red 0, green 2, blue 4. */
function hueOf(red: number, green: number, blue: number, value: number, chroma: number): number {
  if (chroma === 0) return 0
  if (value === red) return (green - blue) / chroma
  return value === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma
}

/** Red, green or blue of a hue: the value, less the chroma where the hue is far from that colour. */
function component(offset: number, sixths: number, value: number, chroma: number): number {
  const around = offset + sixths
  const place = around - 6 * Math.floor(around / 6)
  return value - chroma * Math.max(0, Math.min(place, 4 - place, 1))
}
