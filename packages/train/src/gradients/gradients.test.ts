import { describe, expect, it } from 'vitest'
import { compareWithReference } from '../testing/differentiate-case.ts'
import type { Reference } from '../testing/reference.ts'
import { references } from '../testing/references/registry.ts'
import { gradients } from './registry.ts'

const all: Readonly<Record<string, Reference>> = references

describe('every gradient rule', () => {
  it('has a reference', () => {
    expect(Object.keys(references)).toEqual(Object.keys(gradients))
  })
})

describe.each(Object.values(all))('the gradient of $op', reference => {
  it.each(reference.cases)('is that of the float64 reference: $name', async given => {
    for (const { name, actual, expected } of await compareWithReference(reference, given)) {
      const largest = Math.max(...expected.map(Math.abs), 1e-3)
      expect(actual.length, name).toBe(expected.length)
      const worst = Math.max(...actual.map((value, place) => Math.abs(value - (expected[place] ?? Number.NaN))))
      expect(worst / largest, `${name}: ${actual.slice(0, 6)} ≠ ${expected.slice(0, 6)}`).toBeLessThan(2e-5)
    }
  })
})
