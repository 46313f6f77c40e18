import { describe, expect, test } from 'vitest'
import {
  mergeSensitivities,
  pointsOf,
  readSensitivities,
  type Sensitivities,
  sensitivitiesText,
  withPoint,
} from './sensitivities.ts'

const empty: Sensitivities = {
  format: 'pare-sensitivities',
  version: 1,
  model: '0123456789abcdef',
  metric: 'top1',
  samples: 2000,
  importance: 'l1-norm',
  baseline: 0.93,
  groups: {},
}
const point = (group: string, ratio: number, value: number) => ({ group, channels: 64, ratio, value })
const first = withPoint(withPoint(empty, point('stem/Conv', 0.3, 0.9)), point('stem/Conv', 0.1, 0.92))

test('a file that people can read, and that comes back as it was', () => {
  const text = sensitivitiesText(first)
  expect(text).toContain('"ratios": [0.1, 0.3],\n      "values": [0.92, 0.9]')
  expect(readSensitivities(text, 'a.json')).toEqual(first)
})

test('points are sorted, and a point that is there stays', () => {
  expect(pointsOf(first, 'stem/Conv')).toEqual([
    { ratio: 0.1, value: 0.92 },
    { ratio: 0.3, value: 0.9 },
  ])
  expect(withPoint(first, point('stem/Conv', 0.1, 0))).toBe(first)
  expect(pointsOf(first, 'constructor')).toEqual([])
})

test('merging joins what was measured in parts, in any order', () => {
  const second = withPoint(withPoint(empty, point('stem/Conv', 0.5, 0.8)), point('block1/Conv', 0.1, 0.91))
  const merged = mergeSensitivities([first, second])
  expect(pointsOf(merged, 'stem/Conv').map(({ ratio }) => ratio)).toEqual([0.1, 0.3, 0.5])
  expect(merged).toEqual(mergeSensitivities([second, first]))
  expect(mergeSensitivities([first, first])).toEqual(first)
})

describe('refused', () => {
  const refused = expect.objectContaining({ code: 'RECIPE_SENSITIVITIES' })
  test.each([
    ['no JSON', '{', /a\.json is no sensitivity file/],
    ['another JSON', '{"format": "other"}', /a\.json is no sensitivity file/],
    [
      'ratios without values',
      sensitivitiesText({ ...first, groups: { a: { channels: 4, ratios: [0.5], values: [] } } }),
      /as many values/,
    ],
  ])('%s', (_, text, message) => {
    expect(() => readSensitivities(text, 'a.json')).toThrow(refused)
    expect(() => readSensitivities(text, 'a.json')).toThrow(message)
  })

  test.each([
    [{ model: 'f'.repeat(16) }, /another model/],
    [{ metric: 'loss' }, /of the metric loss, not top1/],
    [{ samples: 10 }, /measured on 10 samples, not 2000/],
    [{ importance: 'taylor' }, /chosen by taylor, not l1-norm/],
  ])('files that do not go together: %j', (other, message) => {
    expect(() => mergeSensitivities([first, { ...first, ...other }])).toThrow(message)
    expect(() => mergeSensitivities([])).toThrow(refused)
  })
})
