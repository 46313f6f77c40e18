import { describe, expect, test } from 'vitest'
import { equalLoss, leastLoss } from './allocate.ts'
import { fitCurve } from './curve.ts'

const group = (name: string, saving: number, slope: number, free = 0) => ({
  name,
  channels: 100,
  saving,
  curve: fitCurve(
    Array.from({ length: 9 }, (_, place) => (place + 1) / 10).map(ratio => ({
      ratio,
      loss: slope * Math.max(0, ratio - free) ** 2,
    })),
    'monotone',
    0.9,
  ),
})

describe.each([
  ['equal-loss', equalLoss],
  ['least-loss', leastLoss],
] as const)('%s', (_, allocate) => {
  test('law: from nothing to all that may go, growing with the level', () => {
    const countsAt = allocate([group('a', 10, 1), group('b', 1, 4, 0.3)])
    let before = [0, 0]
    for (let step = 0; step <= 50; step++) {
      const counts = [...countsAt(step / 50).values()]
      for (const [place, count] of counts.entries()) expect(count).toBeGreaterThanOrEqual(before[place] ?? 0)
      before = counts
    }
    expect([...countsAt(0).values()]).toEqual([0, 0])
    expect(before).toEqual([90, 90])
  })

  test('what costs nothing goes first', () => {
    const counts = allocate([group('a', 1, 1), group('b', 1, 1, 0.4)])(0.5)
    expect(counts.get('a')).toBe(0)
    expect(counts.get('b')).toBe(40)
  })
})

test('equal loss: both lose the same', () => {
  const groups = [group('a', 10, 1), group('b', 1, 4)]
  const counts = equalLoss(groups)(0.6)
  const [a = 0, b = 0] = groups.map(({ name, curve }) => curve.lossAt((counts.get(name) ?? 0) / 100))
  expect(a).toBeGreaterThan(0.1)
  expect(b).toBeCloseTo(a, 1)
})

test('least loss: no other counts save as much and lose less, by brute force', () => {
  const groups = [group('a', 10, 1), group('b', 4, 0.5), group('c', 1, 2)]
  const lossOf = (counts: readonly number[]) =>
    counts.reduce((sum, count, place) => sum + (groups[place]?.curve.lossAt(count / 100) ?? 0), 0)
  const savedBy = (counts: readonly number[]) =>
    counts.reduce((sum, count, place) => sum + ((groups[place]?.saving ?? 0) * count) / 100, 0)
  for (const level of [0.6, 0.75, 0.9]) {
    const chosen = [...leastLoss(groups)(level).values()]
    for (let a = 0; a <= 90; a += 10)
      for (let b = 0; b <= 90; b += 10)
        for (let c = 0; c <= 90; c += 10)
          if (savedBy([a, b, c]) >= savedBy(chosen))
            expect(lossOf([a, b, c])).toBeGreaterThanOrEqual(lossOf(chosen) - 1e-3)
  }
})
