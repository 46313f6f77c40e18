import fc from 'fast-check'
import { expect, test } from 'vitest'
import { augmentSchema, drawChange } from './augment.ts'

const augment = augmentSchema.parse({ horizontalFlip: true, cropPadding: 2 })

test('a change is a matter of seed, epoch and sample alone, within the padding', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (seed, epoch, index) => {
      const change = drawChange(augment, seed, epoch, index)
      expect(drawChange(augment, seed, epoch, index)).toEqual(change)
      expect(Math.max(Math.abs(change.down), Math.abs(change.right))).toBeLessThanOrEqual(2)
    }),
  )
})

test('all shifts and both sides come equally often, over samples and over epochs', () => {
  for (const draw of [(n: number) => drawChange(augment, 1, 0, n), (n: number) => drawChange(augment, 1, n, 0)]) {
    const counts = new Map<string, number>()
    for (let n = 0; n < 50_000; n++) {
      const { down, right, flip } = draw(n)
      const key = `${down} ${right} ${flip}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(50)
    // 1,000 each, with a standard deviation of 31.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(140)
  }
})

test('nothing changes unless it is declared', () => {
  for (let index = 0; index < 100; index++)
    expect(drawChange(augmentSchema.parse({}), 1, 1, index)).toEqual({
      down: expect.closeTo(0),
      right: expect.closeTo(0),
      flip: false,
    })
})
