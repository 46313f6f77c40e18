import { createRandom } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { augmentSchema, changedAtRandom, changesNothing, mixBatch, randomOfSample, resizedAtRandom } from './augment.ts'
import type { ImageBatch } from './augmentation.ts'
import { grey, rowsOf } from './testing/images.ts'

const seed = fc.nat()

/** An image of which every pixel is another, large enough to read a move from. */
const numbered = grey(...Array.from({ length: 9 }, (_, y) => Array.from({ length: 9 }, (_, x) => 1 + 9 * y + x)))
const centre = { height: 1, width: 1 }

test('crop and flip draw two moves and then a side: recipes without more give what they always gave', () => {
  const augment = augmentSchema.parse({ horizontalFlip: true, cropPadding: 2 })
  fc.assert(
    fc.property(seed, fc.nat(), fc.nat(), (seed, epoch, index) => {
      const drawn = createRandom(seed, epoch, index + 1)
      const [down, right] = [Math.floor(drawn() * 5) - 2, Math.floor(drawn() * 5) - 2]
      const row = rowsOf(numbered)[4 + down]?.slice(3 + right, 6 + right)
      const expected = drawn() < 0.5 ? row?.reverse() : row
      const random = randomOfSample({ seed, epoch }, index)
      expect(rowsOf(changedAtRandom(numbered, { height: 1, width: 3 }, augment, random))).toEqual([expected])
    }),
  )
  // Without padding the two are drawn none the less.
  const flipped = augmentSchema.parse({ horizontalFlip: true })
  const side = ([, , drawn]: number[]) => (drawn ?? 1) < 0.5
  for (let index = 0; index < 50; index++) {
    const random = createRandom(7, 1, index + 1)
    const isFlipped = side([random(), random(), random()])
    const result = changedAtRandom(
      grey([1, 2]),
      { height: 1, width: 2 },
      flipped,
      randomOfSample({ seed: 7, epoch: 1 }, index),
    )
    expect(rowsOf(result)).toEqual([isFlipped ? [2, 1] : [1, 2]])
  }
})

test('all moves come equally often, over samples and over epochs', () => {
  const augment = augmentSchema.parse({ cropPadding: 2 })
  for (const draw of [(n: number) => [0, n] as const, (n: number) => [n, 0] as const]) {
    const counts = new Map<number, number>()
    for (let n = 0; n < 25_000; n++) {
      const [epoch, index] = draw(n)
      const [value = 0] = changedAtRandom(numbered, centre, augment, randomOfSample({ seed: 1, epoch }, index)).data
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    expect(counts.size).toBe(25)
    // 1,000 each, with a standard deviation of 31.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(140)
  }
})

test('nothing changes unless it is declared', () => {
  const augment = augmentSchema.parse({})
  expect(changesNothing(augment)).toBe(true)
  expect(changedAtRandom(numbered, { height: 9, width: 9 }, augment, createRandom(1))).toBe(numbered)
  expect(resizedAtRandom(numbered, centre, augment, createRandom(1))).toBeUndefined()
  expect(mixBatch(batchOf(3), augment, { seed: 1, epoch: 0, place: 0 })).toBeUndefined()
})

test.each([
  { horizontalFlip: true },
  { cropPadding: 1 },
  { randomResizedCrop: {} },
  { colourJitter: {} },
  { randAugment: {} },
  { randomErasing: {} },
  { mixup: {} },
  { cutmix: {} },
])('%j is a change', input => {
  expect(changesNothing(augmentSchema.parse(input))).toBe(false)
})

test.each([[{ randAugment: {} }], [{ randomErasing: { probability: 1 } }], [{ colourJitter: {} }]])(
  '%j comes after crop and flip, which it does not change',
  input => {
    // What comes first draws first: with the others off, the rest of a draw is theirs alone.
    const both = augmentSchema.parse({ cropPadding: 2, horizontalFlip: true, ...input })
    const [first, rest] = [augmentSchema.parse({ cropPadding: 2, horizontalFlip: true }), augmentSchema.parse(input)]
    fc.assert(
      fc.property(seed, seed => {
        const random = createRandom(seed)
        const moved = changedAtRandom(numbered, numbered, first, random)
        // The two moves of no padding.
        const numbers = [0, 0]
        const expected = changedAtRandom(moved, moved, rest, () => numbers.shift() ?? random())
        expect(changedAtRandom(numbered, numbered, both, createRandom(seed))).toEqual(expected)
      }),
    )
  },
)

/** Image n is one pixel, n. */
const batchOf = (count: number): ImageBatch => ({
  count,
  channels: 1,
  height: 1,
  width: 1,
  layout: 'NCHW',
  elements: Float32Array.from({ length: count }, (_, n) => n),
})

test('a mixture is a matter of seed, epoch and place, and its partners are a permutation', () => {
  const augment = augmentSchema.parse({ mixup: { alpha: 1 } })
  const shares = new Set<number>()
  fc.assert(
    fc.property(seed, fc.nat(), fc.nat({ max: 1000 }), fc.integer({ min: 1, max: 20 }), (seed, epoch, place, count) => {
      const mixture = mixBatch(batchOf(count), augment, { seed, epoch, place })
      expect(mixBatch(batchOf(count), augment, { seed, epoch, place })).toEqual(mixture)
      if (!mixture) throw new Error('Every batch is mixed.')
      const { partners, share, elements } = mixture
      expect([...partners].sort((a, b) => a - b)).toEqual([...Array(count).keys()])
      expect(elements).toEqual(Float32Array.from(partners, (partner, n) => share * n + (1 - share) * partner))
      shares.add(share)
    }),
  )
  expect(shares.size).toBeGreaterThan(90)
})

test('mixup and cutmix take as many batches as they are given', () => {
  const augment = augmentSchema.parse({ mixup: { probability: 0.3 }, cutmix: { probability: 0.5 } })
  const counts = { mixup: 0, cutmix: 0, none: 0 }
  for (let place = 0; place < 10_000; place++) {
    const mixture = mixBatch(batchOf(8), augment, { seed: 5, epoch: 1, place })
    // Cut out of one pixel is all of it or nothing.
    const kind = !mixture ? 'none' : mixture.share === 0 || mixture.share === 1 ? 'cutmix' : 'mixup'
    counts[kind]++
  }
  // Standard deviations of at most 50.
  expect(Math.abs(counts.none - 2000)).toBeLessThan(200)
  expect(Math.abs(counts.mixup - 3000)).toBeLessThan(200)
})

test.each<[string, unknown, string, RegExp]>([
  ['more than all batches to mix', { mixup: {}, cutmix: {} }, 'cutmix.probability', /together at most 1/],
  ['a range from high to low', { randomErasing: { area: [0.4, 0.1] } }, 'randomErasing.area', /must not be above/],
  ['an area beyond the image', { randomResizedCrop: { area: [0.1, 1.5] } }, 'randomResizedCrop.area.1', /<=1/],
  ['a magnitude beyond the scale', { randAugment: { magnitude: 11 } }, 'randAugment.magnitude', /<=10/],
  ['an unknown change', { verticalFlip: true }, '', /"verticalFlip"/],
])('the schema refuses %s', (_, input, path, message) => {
  const issue = augmentSchema.safeParse(input).error?.issues[0]
  expect([issue?.path.join('.'), issue?.message]).toEqual([path, expect.stringMatching(message)])
})
