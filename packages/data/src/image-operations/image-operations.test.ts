import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Pixels } from '../pixels.ts'
import { anyImage, colour, grey, rowsOf } from '../testing/images.ts'
import { rotate, shear, translate } from './affine.ts'
import { brightness, contrast, saturation, sharpness } from './blend.ts'
import { turnHue } from './hue.ts'
import { autocontrast, equalize, posterize, solarize } from './tone.ts'

const valuesOf = ({ data }: Pixels) => [...data]
const clamp = (value: number) => Math.min(255, Math.max(0, value))
/** Nearest byte; a half may go either way. */
const expectBytes = (actual: Pixels, expected: readonly number[]) => {
  expect(actual.data.length).toBe(expected.length)
  for (const [at, value] of expected.entries())
    expect(Math.abs((actual.data[at] ?? Number.NaN) - clamp(value))).toBeLessThanOrEqual(0.5 + 1e-9)
}

test('brightness blends with black', () => {
  expect(valuesOf(brightness(grey([0, 10, 100, 200]), 1.5))).toEqual([0, 15, 150, 255])
  expect(valuesOf(brightness(grey([0, 10, 100, 200]), 0))).toEqual([0, 0, 0, 0])
})

test('contrast blends with the mean luma', () => {
  // Mean 40: 40 + 2 · (v − 40)
  expect(valuesOf(contrast(grey([10, 30, 80]), 2))).toEqual([0, 20, 120])
  // Luma of red is 76.245, of black 0: mean 38.
  expect(valuesOf(contrast(colour([255, 0, 0], [0, 0, 0]), 0))).toEqual([38, 38, 38, 38, 38, 38])
})

test('saturation blends each pixel with its luma; grey images have none', () => {
  // Luma 0.299 · 100 + 0.587 · 50 + 0.114 · 200 = 82.05, taken as 82.
  expect(valuesOf(saturation(colour([100, 50, 200]), 0))).toEqual([82, 82, 82])
  expect(valuesOf(saturation(colour([100, 50, 200]), 1.5))).toEqual([109, 34, 255])
  const image = grey([1, 2])
  expect(saturation(image, 0)).toBe(image)
})

test('sharpness blends with the smoothed image, without its border', () => {
  const image = grey([0, 0, 0], [0, 130, 0], [0, 0, 13])
  // (5 · 130 + 13) / 13 = 51
  expect(rowsOf(sharpness(image, 0))).toEqual([
    [0, 0, 0],
    [0, 51, 0],
    [0, 0, 13],
  ])
  // 51 + 1.5 · (130 − 51) = 169.5, rounded to even
  expect(rowsOf(sharpness(image, 1.5))[1]).toEqual([0, 170, 0])
})

test('sharpness is the definition at every pixel and channel', () => {
  fc.assert(
    fc.property(anyImage, fc.double({ min: 0, max: 2, noNaN: true }), (image, factor) => {
      const { width, height, channels, data } = image
      const at = (x: number, y: number, channel: number) => data[(y * width + x) * channels + channel] ?? Number.NaN
      const expected = Array.from(data, (value, place) => {
        const channel = place % channels
        const x = Math.floor(place / channels) % width
        const y = Math.floor(place / channels / width)
        if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return value
        let sum = 4 * value
        for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) sum += at(x + dx, y + dy, channel)
        const smooth = Math.round(sum / 13)
        return smooth + factor * (value - smooth)
      })
      expectBytes(sharpness(image, factor), expected)
    }),
  )
})

test('autocontrast stretches each channel to 0…255', () => {
  expect(valuesOf(autocontrast(grey([50, 60, 100])))).toEqual([0, 51, 255])
  expect(valuesOf(autocontrast(colour([50, 7, 0], [100, 7, 255])))).toEqual([0, 7, 0, 255, 7, 255])
})

test('equalize makes levels equally frequent', () => {
  // 510 pixels, the brightest value once: a step of (510 − 1) / 255 → 1, so levels are the pixels below, at most 255.
  const image = grey([...Array<number>(100).fill(10), ...Array<number>(409).fill(20), 30])
  expect([...new Set(equalize(image).data)]).toEqual([0, 100, 255])
  // 1021 pixels, the brightest once: a step of 4, of which half is added: (2 + 500) / 4.
  const large = grey([...Array<number>(500).fill(3), ...Array<number>(520).fill(5), 6])
  expect([...new Set(equalize(large).data)]).toEqual([0, 125, 255])
  // Too few pixels to level anything.
  const few = grey([5, 6, 7])
  expect(equalize(few)).toEqual(few)
})

test('equalize keeps the order of values', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 600, maxLength: 1200 }), data => {
      const image: Pixels = { width: data.length, height: 1, channels: 1, data: Uint8Array.from(data) }
      const levels = new Map([...data].map((value, at) => [value, equalize(image).data[at] ?? 0]))
      const sorted = [...levels].sort(([one], [other]) => one - other).map(([, level]) => level)
      expect(sorted).toEqual([...sorted].sort((one, other) => one - other))
    }),
    { numRuns: 10 },
  )
})

test('posterize keeps the highest bits, solarize inverts from a threshold on', () => {
  expect(valuesOf(posterize(grey([0, 15, 16, 200, 255]), 4))).toEqual([0, 0, 16, 192, 240])
  expect(valuesOf(solarize(grey([0, 127, 128, 255]), 128))).toEqual([0, 127, 127, 0])
  expect(valuesOf(solarize(grey([0, 127, 255]), 256))).toEqual([0, 127, 255])
})

test('a third of the circle brings red to green to blue, half of it a colour to its complement', () => {
  const image = colour([255, 0, 0], [200, 100, 50], [9, 9, 9])
  expect(valuesOf(turnHue(image, 1 / 3))).toEqual([0, 255, 0, 50, 200, 100, 9, 9, 9])
  expect(valuesOf(turnHue(image, -1 / 3))).toEqual([0, 0, 255, 100, 50, 200, 9, 9, 9])
  // Hue of (200, 100, 50) is 20°; its complement 200° has least red, and green between.
  expect(valuesOf(turnHue(image, 0.5))).toEqual([0, 255, 255, 50, 150, 200, 9, 9, 9])
})

test('turning the hue keeps the brightest and the darkest channel of each pixel', () => {
  fc.assert(
    fc.property(anyImage, fc.double({ min: -0.5, max: 0.5, noNaN: true }), (image, turn) => {
      const extremes = ({ data, channels }: Pixels) =>
        Array.from({ length: data.length / channels }, (_, pixel) => {
          const values = data.subarray(pixel * channels, (pixel + 1) * channels)
          return [Math.min(...values), Math.max(...values)]
        })
      expect(extremes(turnHue(image, turn))).toEqual(extremes(image))
    }),
  )
})

test('a quarter turn is counterclockwise', () => {
  expect(rowsOf(rotate(grey([1, 2], [3, 4]), Math.PI / 2))).toEqual([
    [2, 4],
    [1, 3],
  ])
})

test('a shear moves rows against each other, a translation all', () => {
  const image = grey([10, 20, 30], [40, 50, 60], [70, 80, 90])
  expect(rowsOf(shear(image, { x: 1, y: 0 }))).toEqual([
    [20, 30, 0],
    [40, 50, 60],
    [0, 70, 80],
  ])
  expect(rowsOf(shear(image, { x: 0, y: 0.5 }))).toEqual([
    [25, 20, 15],
    [55, 50, 45],
    [35, 80, 75],
  ])
  expect(rowsOf(translate(image, { x: 1, y: -1 }))).toEqual([
    [0, 40, 50],
    [0, 70, 80],
    [0, 0, 0],
  ])
})

/** Bilinear by the definition: every pixel of the image weighed by its distance on both axes, none beyond a pixel. */
function bilinear({ width, height, channels, data }: Pixels, sourceOf: (x: number, y: number) => [number, number]) {
  return Array.from(data, (_, place) => {
    const pixel = Math.floor(place / channels)
    const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
    const [x, y] = sourceOf((pixel % width) - middleX, Math.floor(pixel / width) - middleY)
    let sum = 0
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const weight = Math.max(0, 1 - Math.abs(x + middleX - column)) * Math.max(0, 1 - Math.abs(y + middleY - row))
        sum += weight * (data[(row * width + column) * channels + (place % channels)] ?? Number.NaN)
      }
    return sum
  })
}

test('rotations and shears are bilinear about the centre', () => {
  fc.assert(
    fc.property(anyImage, fc.double({ min: -1, max: 1, noNaN: true }), (image, amount) => {
      const [c, s] = [Math.cos(amount), Math.sin(amount)]
      expectBytes(
        rotate(image, amount),
        bilinear(image, (x, y) => [c * x - s * y, s * x + c * y]),
      )
      expectBytes(
        shear(image, { x: amount, y: 0 }),
        bilinear(image, (x, y) => [x - amount * y, y]),
      )
      expectBytes(
        shear(image, { x: 0, y: amount }),
        bilinear(image, (x, y) => [x, y - amount * x]),
      )
    }),
  )
})

test('without strength, every operation leaves the image as it is', () => {
  const identities: readonly ((image: Pixels) => Pixels)[] = [
    image => brightness(image, 1),
    image => contrast(image, 1),
    image => saturation(image, 1),
    image => sharpness(image, 1),
    image => turnHue(image, 0),
    image => posterize(image, 8),
    image => solarize(image, 256),
    image => rotate(image, 0),
    image => shear(image, { x: 0, y: 0 }),
    image => translate(image, { x: 0, y: 0 }),
  ]
  fc.assert(
    fc.property(anyImage, image => {
      for (const identity of identities) expect(identity(image)).toEqual(image)
    }),
  )
})
