import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ActivationType, affineOf, dequantize, quantize, rangeOf, roundHalfToEven } from './affine.ts'

const types: readonly ActivationType[] = [
  { dataType: 'uint8', symmetric: false },
  { dataType: 'uint8', symmetric: true },
  { dataType: 'int8', symmetric: false },
  { dataType: 'int8', symmetric: true },
]
const bound = fc.double({ min: -1e6, max: 1e6, noNaN: true })

test('ReLU6: 256 steps from 0 to 6', () => {
  const affine = affineOf({ low: 0, high: 6 }, { dataType: 'uint8', symmetric: false })
  expect(affine.zeroPoint).toBe(0)
  expect(affine.scale).toBeCloseTo(6 / 255, 8)
  expect([0, 3, 6, 7, -1].map(value => quantize(value, affine))).toEqual([0, 128, 255, 255, 0])
})

test('[-1, 3] in int8: the zero point lies a quarter of the way up', () => {
  expect(affineOf({ low: -1, high: 3 }, { dataType: 'int8', symmetric: false }).zeroPoint).toBe(-128 + 64)
})

test('symmetric uint8 has its zero point at 128 and reaches the greater end', () => {
  const affine = affineOf({ low: -2, high: 1 }, { dataType: 'uint8', symmetric: true })
  expect(affine.zeroPoint).toBe(128)
  expect(quantize(-2, affine)).toBe(1)
})

describe.each(types)('$dataType, symmetric: $symmetric', type => {
  test('law: zero is exact, and a value of the range comes back to within half a step', () => {
    fc.assert(
      fc.property(bound, bound, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const range = { low: Math.min(a, b), high: Math.max(a, b) }
        const affine = affineOf(range, type)
        expect(dequantize(quantize(0, affine), affine)).toBe(0)
        const value = Math.fround(range.low + share * (range.high - range.low))
        // A range's ends may lie half a step outside, since the zero point is rounded; they are then cut off by as much.
        expect(Math.abs(dequantize(quantize(value, affine), affine) - value)).toBeLessThanOrEqual(
          affine.scale * 0.5001 + Math.abs(value) * 1e-6,
        )
      }),
    )
  })

  test('law: the scale is a normal float32 number, whatever the range', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e38, max: 1e38 }), constant => {
        const { scale } = affineOf({ low: constant, high: constant }, type)
        expect(scale).toBe(Math.fround(scale))
        expect(scale).toBeGreaterThan(2 ** -61)
      }),
    )
    expect(affineOf({ low: 0, high: 0 }, type).scale).toBe(1)
  })
})

test('law: the range that is held does not reach beyond a range that begins at zero, so that a Clip may go', () => {
  fc.assert(
    fc.property(fc.float({ min: Math.fround(1e-6), max: 1000, noNaN: true }), high => {
      const held = rangeOf(affineOf({ low: 0, high }, { dataType: 'uint8', symmetric: false }))
      expect(held.high).toBeLessThanOrEqual(high)
      expect(held.high).toBeGreaterThan(high * (1 - 1e-6))
    }),
  )
})

test('ties go to the even number, as in ONNX', () => {
  expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49, 0.51].map(roundHalfToEven)).toEqual([-2, -2, 0, 0, 2, 2, 0, 1])
})
