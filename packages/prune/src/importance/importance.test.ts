import { createRandom } from '@pare/core-graph'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Importance } from '../importance.ts'
import { importances } from './registry.ts'

const all: readonly (readonly [string, Importance])[] = Object.entries(importances)

const row = fc.float32Array({ noNaN: true, noDefaultInfinity: true, min: -10, max: 10, minLength: 3, maxLength: 3 })
const rows = fc.array(row, { minLength: 2, maxLength: 6 })

/** What a criterion sees: `activations` show one share a channel. */
const evidence = ({ looksAt }: Importance, values: readonly Float32Array[]) => ({
  values: looksAt === 'activations' ? values.map(([first = 0]) => Float32Array.of(Math.abs(first) / 10)) : values,
  gradients: looksAt === 'gradients' ? values.map(numbers => numbers.map(number => 1 - number)) : [],
  random: createRandom(1),
})

describe.each(all)('%s', (id, importance) => {
  test('is registered under its own id', () => expect(importance.id).toBe(id))

  test('needs data exactly where it looks at data', () =>
    expect(importance.needs.length > 0).toBe(['gradients', 'activations'].includes(importance.looksAt)))

  test('law: a finite score from 0 for each channel', () => {
    fc.assert(
      fc.property(rows, values => {
        const scores = importance.score(evidence(importance, values))
        expect(scores).toHaveLength(values.length)
        for (const score of scores) expect(Number.isFinite(score) && score >= 0).toBe(true)
      }),
    )
  })

  test.runIf(id !== 'random')('law: the order of the channels does not matter', () => {
    fc.assert(
      fc.property(rows, values => {
        const forth = importance.score(evidence(importance, values))
        const back = importance.score(evidence(importance, values.toReversed())).toReversed()
        for (const [channel, score] of forth.entries()) expect(back[channel]).toBeCloseTo(score, 4)
      }),
    )
  })
})

test('by hand', () => {
  const values = [Float32Array.of(3, -4), Float32Array.of(0, 1), Float32Array.of(0, 0)]
  const gradients = [Float32Array.of(1, 1), Float32Array.of(5, -2), Float32Array.of(9, 9)]
  const scores = (importance: Importance) => importance.score({ values, gradients, random: createRandom(1) })
  expect(scores(importances['l1-norm'])).toEqual([7, 1, 0])
  expect(scores(importances['l2-norm'])).toEqual([5, 1, 0])
  expect(scores(importances['batch-norm-scale'])).toEqual([7, 1, 0])
  // |3·1 − 4·1|, |1·(−2)|
  expect(scores(importances.taylor)).toEqual([1, 2, 0])
  expect(scores(importances.zeros)).toEqual([-2, 1, 1])
  // Distances √(9 + 25), 5 and 1.
  const [first = 0, second = 0, third = 0] = scores(importances['geometric-median'])
  expect([first, second, third].map(score => score.toFixed(4))).toEqual(
    [Math.sqrt(34) + 5, Math.sqrt(34) + 1, 6].map(score => score.toFixed(4)),
  )
})
