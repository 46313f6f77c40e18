import fc from 'fast-check'
import { anyDims } from '../arbitraries.ts'
import { defineReference, input } from '../reference.ts'
import { normalized, perChannel, scaled } from './normalized.ts'

const of = (X: readonly number[]) => ({ X, scale: [X[1] ?? 1], bias: [X[1] ?? 1] })

const arbitrary = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), anyDims(1, 2, fc.integer({ min: 2, max: 3 })))
  .map(([groups, each, image]) => ({
    inputs: of([2, groups * each, ...image]),
    attributes: { num_groups: groups, epsilon: 0.25 },
  }))

export const GroupNormalization = defineReference({
  op: 'GroupNormalization',
  cases: [
    { name: 'two groups', inputs: of([2, 4, 2, 3]), attributes: { num_groups: 2 } },
    { name: 'of sequences, one group', inputs: of([2, 3, 4]), attributes: { num_groups: 1, epsilon: 0.5 } },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const x = input(inputs, 'X')
    const [batch = 1, channels = 1, ...image] = x.dims
    const groups = attributes.number('num_groups', 1)
    const grouped = { dims: [batch, groups, channels / groups, ...image], data: x.data }
    const axes = [...grouped.dims.keys()].slice(2)
    const { data } = normalized(grouped, axes, attributes.number('epsilon', 1e-5)).values
    const rank = x.dims.length
    return scaled(
      { dims: x.dims, data },
      perChannel(input(inputs, 'scale'), rank),
      perChannel(input(inputs, 'bias'), rank),
    )
  },
})
