import { createRandom } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochOrder, permutation } from './order.ts'

const naturals = (count: number) => Array.from({ length: count }, (_, index) => index)

test('an order is a permutation, and a matter of seed and epoch alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(), fc.nat(), (count, seed, epoch) => {
      const order = epochOrder(count, { seed, epoch })
      expect([...order].sort((a, b) => a - b)).toEqual(naturals(count))
      expect(epochOrder(count, { seed, epoch })).toEqual(order)
      if (count > 50) expect(epochOrder(count, { seed, epoch: epoch + 1 })).not.toEqual(order)
    }),
  )
})

test('all orders are equally likely', () => {
  const random = createRandom(5)
  const counts = new Map<string, number>()
  for (let draw = 0; draw < 24_000; draw++) {
    const key = permutation(4, random).join()
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  expect(counts.size).toBe(24)
  // 1,000 each, with a standard deviation of 31.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130)
})
