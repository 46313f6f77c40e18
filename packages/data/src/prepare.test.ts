import { expect, test } from 'vitest'
import { centreOf, cutOut } from './cut-out.ts'
import { type Pixels, withChannels } from './pixels.ts'
import { croppedSize, resized, valueTables, writeSample } from './prepare.ts'
import { type PreprocessInput, preprocessSchema } from './preprocess.ts'
import { colour, grey } from './testing/images.ts'

/** One image through all steps. */
function prepare(pixels: Pixels, input: PreprocessInput) {
  const preprocess = preprocessSchema.parse(input)
  const tables = valueTables(preprocess)
  const image = resized(withChannels(pixels, preprocess.colour), preprocess)
  const size = croppedSize(image, preprocess, () => 'the sample')
  const elements = new Float32Array(tables.length * size.height * size.width)
  writeSample(cutOut(image, centreOf(image, size)), { ...preprocess, elements, offset: 0, tables })
  return [...elements]
}

const raw = { colour: 'grey', range: [0, 255] } satisfies PreprocessInput

test('scales to the range, then subtracts the mean and divides by the deviation', () => {
  expect(prepare(grey([0, 51, 255]), { colour: 'grey' })).toEqual([0, Math.fround(0.2), 1])
  expect(prepare(grey([0, 51, 255]), { colour: 'grey', range: [-1, 1] })).toEqual([-1, Math.fround(-0.6), 1])
  expect(prepare(grey([0, 51, 255]), raw)).toEqual([0, 51, 255])
  // (51/255 − 0.5) / 0.25 = −1.2
  expect(prepare(grey([51]), { colour: 'grey', mean: [0.5], std: [0.25] })).toEqual([Math.fround(-1.2)])
})

test('orders channels and axes', () => {
  const image = colour([1, 2, 3], [4, 5, 6])
  const range: [number, number] = [0, 255]
  expect(prepare(image, { range })).toEqual([1, 4, 2, 5, 3, 6])
  expect(prepare(image, { range, colour: 'BGR' })).toEqual([3, 6, 2, 5, 1, 4])
  expect(prepare(image, { range, layout: 'NHWC' })).toEqual([1, 2, 3, 4, 5, 6])
  expect(prepare(image, { range, layout: 'NHWC', colour: 'BGR' })).toEqual([3, 2, 1, 6, 5, 4])
  // Mean and deviation follow the order of the tensor: blue first.
  expect(prepare(colour([1, 2, 3]), { range, colour: 'BGR', mean: [3, 0, 0], std: [1, 1, 2] })).toEqual([0, 2, 0.5])
})

test('makes colour of grey, and grey of colour by its luma', () => {
  expect(prepare(grey([7, 8]), { range: [0, 255] })).toEqual([7, 8, 7, 8, 7, 8])
  // 0.299 · 100 + 0.587 · 50 + 0.114 · 200 = 82.05
  expect(prepare(colour([100, 50, 200], [9, 9, 9]), raw)).toEqual([82, 9])
})

test('cuts out the centre, rounding up and left', () => {
  const image = grey([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12])
  expect(prepare(image, { ...raw, crop: { width: 2, height: 1 } })).toEqual([6, 7])
  expect(prepare(image, { ...raw, crop: { width: 1, height: 2 } })).toEqual([2, 6])
})

test.each([
  ['wide', grey([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]), [3, 7]],
  ['tall', grey([1, 1], [1, 1], [1, 1], [1, 1], [1, 1]), [7, 3]],
])('a %s image keeps its aspect ratio, the longer side rounded down', (_, image, expected) => {
  const { height, width } = resized(image, preprocessSchema.parse({ ...raw, resize: { shortSide: 3 } }))
  expect([height, width]).toEqual(expected)
})

test('an image smaller than the crop is named', () => {
  expect(() => prepare(grey([1, 2]), { ...raw, crop: { width: 2, height: 2 } })).toThrow(
    expect.objectContaining({
      code: 'DATA_IMAGE_SIZE',
      message: 'the sample has 2×1 pixels before the crop, which takes 2×2.',
    }),
  )
})

test.each<[string, unknown, string]>([
  [
    'a mean for too many channels',
    { colour: 'grey', mean: [0.5, 0.5, 0.5] },
    'grey has 1 channel, so mean must have 1 number, not 3',
  ],
  ['a deviation for too few', { std: [0.2] }, 'RGB has 3 channels, so std must have 3 numbers, not 1'],
  ['a deviation of 0', { colour: 'grey', std: [0] }, 'Too small: expected number to be >0'],
  ['an empty range', { range: [1, 1] }, 'both ends of the range are the same'],
  ['an unknown key', { colr: 'grey' }, 'Unrecognized key: "colr"'],
  ['a resize to nothing', { resize: { width: 0, height: 3 } }, 'Too small: expected number to be >0'],
])('the schema refuses %s', (_, input, message) => {
  expect(preprocessSchema.safeParse(input).error?.issues[0]?.message).toBe(message)
})
