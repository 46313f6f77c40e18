import fc from 'fast-check'
import { expect, test } from 'vitest'
import { centreOf, cutOut } from './cut-out.ts'
import { anyImage, grey, rowsOf } from './testing/images.ts'

test('what lies outside of the image is black', () => {
  const image = grey([1, 2, 3], [4, 5, 6])
  expect(rowsOf(cutOut(image, { top: 0, left: 1, height: 2, width: 2 }))).toEqual([
    [2, 3],
    [5, 6],
  ])
  expect(rowsOf(cutOut(image, { top: 1, left: -1, height: 2, width: 3 }))).toEqual([
    [0, 4, 5],
    [0, 0, 0],
  ])
})

test('the centre is rounded up and left', () => {
  expect(centreOf({ height: 4, width: 5 }, { height: 1, width: 2 })).toEqual({ top: 1, left: 1, height: 1, width: 2 })
})

const place = fc.integer({ min: -15, max: 15 })
const length = fc.integer({ min: 1, max: 15 })

test('every pixel is that of the image at its place, or black', () => {
  fc.assert(
    fc.property(anyImage, fc.record({ top: place, left: place, height: length, width: length }), (image, part) => {
      const { channels } = image
      const expected = Array.from({ length: part.height * part.width * channels }, (_, at) => {
        const x = (Math.floor(at / channels) % part.width) + part.left
        const y = Math.floor(at / channels / part.width) + part.top
        const isInside = x >= 0 && x < image.width && y >= 0 && y < image.height
        return isInside ? image.data[(y * image.width + x) * channels + (at % channels)] : 0
      })
      expect([...cutOut(image, part).data]).toEqual(expected)
    }),
  )
})
