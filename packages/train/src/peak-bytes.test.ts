import { createBuilder } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { peakBytes } from './peak-bytes.ts'

test('a chain takes its input and two values at a time; what is read again later stays', () => {
  const chain = (readsFirst: boolean) => {
    const b = createBuilder('chain')
    const x = b.input('x', 'float32', [100])
    const first = b.Relu(x)
    const last = b.Relu(b.Relu(b.Relu(first)))
    b.output(readsFirst ? b.Add(last, first) : last)
    return b.build()
  }
  expect(peakBytes(chain(false))).toBe(400 + 2 * 400)
  expect(peakBytes(chain(true))).toBe(400 + 3 * 400)
})

test('outputs stay to the end, and values that nobody reads go at once', () => {
  const b = createBuilder('outputs')
  const x = b.input('x', 'float32', [10])
  b.output(b.Relu(x))
  b.Exp(x)
  b.output(b.Cast(x, { to: 11 }))
  expect(peakBytes(b.build())).toBe(40 + 40 + 80)
})
