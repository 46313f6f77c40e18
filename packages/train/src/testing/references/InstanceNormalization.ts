import fc from 'fast-check'
import { anyDims } from '../arbitraries.ts'
import { defineReference, input } from '../reference.ts'
import { normalized, perChannel, scaled } from './normalized.ts'

const of = (X: readonly number[]) => ({ input: X, scale: [X[1] ?? 1], B: [X[1] ?? 1] })

export const InstanceNormalization = defineReference({
  op: 'InstanceNormalization',
  cases: [
    { name: 'of images', inputs: of([2, 3, 2, 4]) },
    { name: 'of sequences, another epsilon', inputs: of([2, 2, 5]), attributes: { epsilon: 0.5 } },
  ],
  arbitrary: anyDims(3, 4, fc.integer({ min: 2, max: 4 })).map(X => ({ inputs: of(X), attributes: { epsilon: 0.25 } })),
  forward: (inputs, attributes) => {
    const x = input(inputs, 'input')
    const rank = x.dims.length
    const { values } = normalized(x, [...x.dims.keys()].slice(2), attributes.number('epsilon', 1e-5))
    return scaled(values, perChannel(input(inputs, 'scale'), rank), perChannel(input(inputs, 'B'), rank))
  },
})
