import { describe, expect, it } from 'vitest'
import { kinks } from './kinks.ts'
import { attributesOf, outputsOf, type Reference } from './reference.ts'
import { references } from './references/registry.ts'

const vector = (...values: readonly number[]) => ({ dims: [1, 1, values.length], data: Float64Array.from(values) })
const inputs = { X: vector(-4, -1, 1, 4), input: vector(-4, -1, 1, 4), A: vector(0, 1), B: vector(1, 0) }
const attributes = attributesOf({ kernel_shape: [2] })

describe.each(Object.entries(kinks))('%s', (op, forward) => {
  it('is its definition where it looks at what it computes of', () => {
    const { [op]: reference } = references as Readonly<Record<string, Reference>>
    expect(outputsOf(forward(inputs, attributes, inputs))).toEqual(
      outputsOf(reference?.forward(inputs, attributes) ?? []),
    )
  })
})

it('takes the branches that another run took', () => {
  const relu = kinks.Relu?.({ X: vector(-0.1, 0.1) }, attributes, { X: vector(0.001, -0.001) })
  expect(relu).toEqual(vector(-0.1, 0))
  const pooled = kinks.MaxPool?.({ X: vector(1, 2) }, attributes, { X: vector(2, 1) })
  expect(pooled).toEqual([vector(1), vector(0)])
})
