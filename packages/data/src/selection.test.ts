import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Selection, select } from './selection.ts'

const heldOut = (fraction: number, seed = 1) => ({
  split: { fraction, seed, part: 'held-out' as const },
  subset: undefined,
})
const train = (fraction: number, seed = 1) => ({ split: { fraction, seed, part: 'train' as const }, subset: undefined })
const subset = (skip: number, take?: number): Selection => ({ split: undefined, subset: { skip, take } })

test('the parts of a split are disjoint, cover all samples, and keep their order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 500 }),
      fc.double({ min: 0.1, max: 0.9, noNaN: true }),
      fc.nat(),
      (size, fraction, seed) => {
        const parts = [select(size, train(fraction, seed)), select(size, heldOut(fraction, seed))]
        for (const part of parts) expect([...part]).toEqual([...part].sort((a, b) => a - b))
        expect(parts.flatMap(part => [...part]).sort((a, b) => a - b)).toEqual([...Array(size).keys()])
        expect(parts[1]?.length).toBe(Math.round(fraction * size))
      },
    ),
  )
})

test('a twelfth of 60,000 samples holds out 5,000, others for another seed', () => {
  expect(select(60_000, train(1 / 12)).length).toBe(55_000)
  expect(select(60_000, heldOut(1 / 12)).length).toBe(5000)
  expect(select(60_000, heldOut(1 / 12, 2))).not.toEqual(select(60_000, heldOut(1 / 12)))
})

test('a subset is a run of samples, also within a part', () => {
  expect([...select(10, { split: undefined, subset: undefined })]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect([...select(10, subset(7))]).toEqual([7, 8, 9])
  expect([...select(10, subset(2, 3))]).toEqual([2, 3, 4])
  const part = select(10, train(0.5))
  expect([...select(10, { ...train(0.5), ...{ subset: { skip: 1, take: 2 } } })]).toEqual([...part.slice(1, 3)])
})

test.each<[string, number, Selection]>([
  ['more than there is', 10, subset(0, 11)],
  ['what lies beyond the end', 10, subset(10)],
  ['a share that is less than one sample', 10, heldOut(0.01)],
])('refuses %s', (_, size, selection) => {
  expect(() => select(size, selection)).toThrow(expect.objectContaining({ code: 'DATA_SUBSET' }))
})
