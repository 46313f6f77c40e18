import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareWithReference, deadNodes, differentiatedNames } from '../testing/differentiate-case.ts'
import type { Reference, ReferenceCase } from '../testing/reference.ts'
import { references } from '../testing/references/registry.ts'
import { gradients } from './registry.ts'

const all: Readonly<Record<string, Reference>> = references

describe('every gradient rule', () => {
  it('has a reference', () => {
    expect(Object.keys(references)).toEqual(expect.arrayContaining(Object.keys(gradients)))
  })

  it('is listed in docs/training.md', () => {
    const text = readFileSync(new URL('../../../../docs/training.md', import.meta.url), 'utf8')
    const words = new Set(text.match(/\w+/g))
    expect(Object.keys(gradients).filter(op => !words.has(op))).toEqual([])
  })
})

/** Relative to the largest: float32 rounds, and central differences of step h err by h². */
async function expectAgreement(reference: Reference, given: Omit<ReferenceCase, 'name'>) {
  for (const { name, actual, interpreted, expected } of await compareWithReference(reference, given)) {
    const largest = Math.max(...expected.map(Math.abs), 1e-3)
    const worst = (values: readonly number[]) =>
      Math.max(...values.map((value, place) => Math.abs(value - (expected[place] ?? Number.NaN)))) / largest
    const told = `${name} of ${JSON.stringify(given)}: ${actual.slice(0, 6)} ≠ ${expected.slice(0, 6)}`
    expect([actual.length, interpreted.length], told).toEqual([expected.length, expected.length])
    expect(worst(actual), told).toBeLessThan(2e-5)
    expect(worst(interpreted), `in float64, ${told}`).toBeLessThan(1e-6)
  }
}

describe.each(Object.values(all))('the gradient of $op', reference => {
  it.each(reference.cases)('is that of the float64 reference: $name', given => expectAgreement(reference, given))

  it.each(reference.cases)('takes no node that it does not need: $name', given => {
    for (const name of differentiatedNames(reference.op, given))
      expect(deadNodes(reference, given, name), name).toEqual([])
  })

  const { arbitrary } = reference
  if (arbitrary)
    it('is that of the float64 reference, whatever the shapes and attributes', () =>
      fc.assert(
        fc.asyncProperty(arbitrary, given => expectAgreement(reference, given)),
        { numRuns: 20, seed: 11 },
      ))
})
