import fc from 'fast-check'
import { anyAxis, anyDims } from '../arbitraries.ts'
import { positive } from '../nd.ts'
import { defineReference, input } from '../reference.ts'
import { normalized, scaled } from './normalized.ts'

const arbitrary = anyDims(1, 3, fc.integer({ min: 2, max: 4 })).chain(X =>
  fc.tuple(anyAxis(X), fc.boolean()).map(([axis, isShifted]) => {
    const own = X.slice(axis)
    return { inputs: { X, Scale: own, ...(isShifted ? { B: own } : {}) }, attributes: { axis, epsilon: 0.25 } }
  }),
)

export const LayerNormalization = defineReference({
  op: 'LayerNormalization',
  cases: [
    { name: 'of tokens', inputs: { X: [2, 3, 4], Scale: [4], B: [4] } },
    {
      name: 'over two axes, without B',
      inputs: { X: [3, 2, 4], Scale: [2, 4] },
      attributes: { axis: 1, epsilon: 0.5 },
    },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const axis = positive(attributes.number('axis', -1), x.dims.length)
    const { mean, rate, values } = normalized(x, [...x.dims.keys()].slice(axis), attributes.number('epsilon', 1e-5))
    return [scaled(values, input(inputs, 'Scale'), inputs.B), mean, rate]
  },
})
