import fc from 'fast-check'
import { expect, test } from 'vitest'
import { halfToNumber, numberToHalf } from './half-floats.ts'

// JavaScript's own, which Node 22 does not have.
const own = 'Float16Array' in globalThis

const finite = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(bits => (bits & 0x7c00) !== 0x7c00)

test('every half float is a number, and back', () => {
  expect(finite.filter(bits => numberToHalf(halfToNumber(bits)) !== bits)).toEqual([])
  expect([0x7c00, 0xfc00, 0x7e00].map(halfToNumber)).toEqual([Infinity, -Infinity, NaN])
  expect([Infinity, -Infinity, NaN].map(numberToHalf)).toEqual([0x7c00, 0xfc00, 0x7e00])
})

test('the greatest, the smallest, and what lies between two', () => {
  expect([1, 65504, 65519, 65520, 2 ** -14, 2 ** -24, 2 ** -25, 3 * 2 ** -25].map(numberToHalf)).toEqual([
    0x3c00, 0x7bff, 0x7bff, 0x7c00, 0x0400, 0x0001, 0x0000, 0x0002,
  ])
  expect([2049, 2051].map(numberToHalf).map(halfToNumber)).toEqual([2048, 2052])
})

test.runIf(own)('they are what JavaScript makes of them', () => {
  const halves = new Float16Array(Uint16Array.from(finite).buffer)
  expect(finite.map(halfToNumber)).toEqual([...halves])
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -70000, max: 70000 }), value => {
      const [bits] = new Uint16Array(Float16Array.of(value).buffer)
      expect(numberToHalf(value)).toBe(bits)
    }),
    { numRuns: 2000 },
  )
})
