import { expect, test } from 'vitest'
import { style } from './style.ts'

/** The page's colours: light, dark, paper. */
const schemes = [...style.matchAll(/:root \{([^}]*)\}/g)].map(
  ([, block = '']) => new Map([...block.matchAll(/--([\w-]+): #(\w{6})/g)].map(([, key, colour]) => [key, colour])),
)

/** WCAG 2.2, "relative luminance" and "contrast ratio". */
function contrast(first: string, second: string): number {
  const luminance = (colour: string) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
      const channel = Number.parseInt(colour.slice(2 * index, 2 * index + 2), 16) / 255
      return sum + weight * (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4)
    }, 0)
  const [low = 0, high = 0] = [luminance(first), luminance(second)].toSorted((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

test('the contrast of black on white is 21 : 1', () => {
  expect(contrast('000000', 'ffffff')).toBeCloseTo(21)
})

test.each([
  ['text', 'ground', 4.5],
  ['text', 'surface', 4.5],
  ['muted', 'ground', 4.5],
  ['good', 'good-ground', 4.5],
  ['bad', 'bad-ground', 4.5],
  ['warning', 'warning-ground', 4.5],
  ['before', 'ground', 3],
  ['after', 'ground', 3],
  ['worst', 'ground', 3],
])('%s on %s can be told apart in light, in dark and on paper (AA)', (colour, ground, least) => {
  expect(schemes).toHaveLength(3)
  for (const scheme of schemes)
    expect(contrast(scheme.get(colour) ?? '', scheme.get(ground) ?? '')).toBeGreaterThan(least)
})
