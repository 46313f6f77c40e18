import { createBuilder, targets } from '@pare/core-graph'
import { expect, test } from 'vitest'
import { targetNotes } from './target-fit.ts'

/** y = Erf(Erf(x)) */
function model() {
  const b = createBuilder('model')
  b.output(b.named(b.Erf(b.named(b.Erf(b.input('x', 'float32', ['N', 4])), 'a')), 'y'))
  return b.build()
}

test('a model that the target does not run is noted once, with how many findings there are', () => {
  expect(targetNotes(model(), targets.xnnpack)).toEqual([
    expect.stringMatching(
      /^The target xnnpack does not take the model: Node \S+ \(Erf\) is .* xnnpack does not run\. There are 1 more: pare validate --target xnnpack lists them\.$/,
    ),
  ])
})

test('nothing is noted of a model that fits, or without a target', () => {
  expect(targetNotes(model(), targets.tensorrt)).toEqual([])
  expect(targetNotes(model(), undefined)).toEqual([])
})
