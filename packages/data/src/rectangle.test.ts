import { createRandom } from '@pare/core-graph'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawRectangle } from './rectangle.ts'

const side = fc.integer({ min: 1, max: 300 })

test('a rectangle lies within the image', () => {
  fc.assert(
    fc.property(side, side, fc.nat(), (height, width, seed) => {
      const part = drawRectangle({ height, width }, { area: [0.02, 1], aspect: [0.3, 3] }, createRandom(seed))
      if (!part) return
      expect(Math.min(part.top, part.left)).toBeGreaterThanOrEqual(0)
      expect(Math.min(part.height, part.width)).toBeGreaterThanOrEqual(1)
      expect(part.top + part.height).toBeLessThanOrEqual(height)
      expect(part.left + part.width).toBeLessThanOrEqual(width)
    }),
  )
})

test('areas are spread evenly over their range, aspect ratios over theirs by logarithm, places over the image', () => {
  const random = createRandom(1)
  const [image, count] = [{ height: 1000, width: 1000 }, 20_000]
  const options = { area: [0.1, 0.3], aspect: [0.5, 2] } as const
  const drawn = Array.from({ length: count }, () => {
    const part = drawRectangle(image, options, random)
    if (!part) throw new Error('0.3 of a square holds any rectangle of these ratios')
    const { top, left, height, width } = part
    return {
      area: (height * width) / 1e6,
      logarithm: Math.log2(width / height),
      top: top / (1000 - height),
      left: left / (1000 - width),
    }
  })
  const mean = (of: (part: (typeof drawn)[number]) => number) => drawn.reduce((sum, part) => sum + of(part), 0) / count
  // Uniform from a to b: mean (a + b) / 2, variance (b − a)² / 12; the mean of 20,000 is right to 0.2 % of the range.
  const ranges = { area: [0.1, 0.3], logarithm: [-1, 1], top: [0, 1], left: [0, 1] } as const
  for (const [name, [low, high]] of Object.entries(ranges)) {
    const centre = (low + high) / 2
    const key = name as keyof typeof ranges
    const offset = (mean(part => part[key]) - centre) / (high - low)
    const spread = (mean(part => (part[key] - centre) ** 2) * 12) / (high - low) ** 2
    expect(Math.abs(offset)).toBeLessThan(0.01)
    expect(Math.abs(spread - 1)).toBeLessThan(0.03)
  }
})

test('what cannot fit is given up after ten attempts', () => {
  let drawn = 0
  const random = () => {
    drawn++
    return 0.5
  }
  expect(drawRectangle({ height: 1, width: 100 }, { area: [1, 1], aspect: [1, 1] }, random)).toBeUndefined()
  expect(drawn).toBe(20)
})
