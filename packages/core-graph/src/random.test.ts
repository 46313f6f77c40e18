import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom, type Random, randomNormal } from './random.ts'

const take = (random: Random, count: number) => Array.from({ length: count }, random)

/** sfc32 over BigInt, written from its definition. */
function referenceWords(seed: number, count: number): bigint[] {
  const word = (value: bigint) => BigInt.asUintN(32, value)
  let [a, b, c, counter] = [0n, 0n, word(BigInt(seed)), 1n]
  const words = Array.from({ length: 15 + count }, () => {
    const sum = word(a + b + counter)
    counter = word(counter + 1n)
    a = b ^ (b >> 9n)
    b = word(c + (c << 3n))
    c = word(((c << 21n) | (c >> 11n)) + sum)
    return sum
  })
  return words.slice(15)
}

test('gives the numbers of sfc32', () => {
  fc.assert(
    fc.property(fc.integer(), seed => {
      expect(take(createRandom(seed), 20)).toEqual(referenceWords(seed, 20).map(word => Number(word) / 2 ** 32))
    }),
  )
})

test('the same seeds give the same numbers, any other stream gives others', () => {
  const seeds = fc.tuple(fc.integer(), fc.nat(), fc.nat())
  fc.assert(
    fc.property(seeds, seeds, (one, other) => {
      expect(take(createRandom(...one), 8)).toEqual(take(createRandom(...one), 8))
      if (one.join() !== other.join())
        expect(take(createRandom(...one), 8)).not.toEqual(take(createRandom(...other), 8))
    }),
  )
})

test('is uniform in [0, 1), in the first numbers of many streams too', () => {
  const histogram = (values: readonly number[]) => {
    const counts = new Array<number>(10).fill(0)
    for (const value of values) {
      const bin = Math.floor(value * 10)
      counts[bin] = (counts[bin] ?? Number.NaN) + 1
    }
    return counts
  }
  // 10,000 a bin: four standard deviations are 380.
  for (const values of [
    take(createRandom(1), 100_000),
    Array.from({ length: 100_000 }, (_, i) => createRandom(1, 0, i)()),
  ])
    for (const count of histogram(values)) expect(Math.abs(count - 10_000)).toBeLessThan(380)
})

test('normal numbers have mean 0, variance 1 and kurtosis 3', () => {
  const random = createRandom(7)
  const values = Array.from({ length: 100_000 }, () => randomNormal(random))
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length
  expect(moment(1)).toBeCloseTo(0, 1)
  expect(moment(2)).toBeCloseTo(1, 1)
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15)
})
