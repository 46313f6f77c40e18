import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesText, changeText, countText, digits, durationText, millisecondsText } from './format.ts'

test.each([
  [bytesText(999), '999 B'],
  [bytesText(3_312_345), '3.31 MB'],
  [bytesText(999_999), '1.00 MB'],
  [bytesText(5e15), '5000 TB'],
  [countText(0), '0'],
  [countText(21_700_000), '21.7 M'],
  [millisecondsText(0.0612), '0.0612 ms'],
  [millisecondsText(1234.5), '1235 ms'],
  [durationText(59.96), '1 min 0 s'],
  [durationText(119.7), '2 min 0 s'],
  [changeText(82, 33), '−59.8 %'],
  [changeText(0, 33), '–'],
  [changeText(2, 19.9), '+895.0 %'],
  [changeText(0.2, 11), '55.0 times'],
  [digits(40_058_724_748_408_260, 4), '4.006e16'],
])('%s', (text, expected) => {
  expect(text).toBe(expected)
})

test('law: no figure up to 10¹² is written as a power of ten, and none is off by more than its last digit', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e12, noNaN: true }), value => {
      const text = digits(value, 3)
      expect(text).not.toContain('e')
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(value * 0.0051)
    }),
  )
})
