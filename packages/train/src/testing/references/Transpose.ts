import fc from 'fast-check'
import { anyDims } from '../arbitraries.ts'
import { transpose } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Transpose = defineReference({
  op: 'Transpose',
  cases: [
    { name: 'reversed by default', inputs: { data: [2, 3, 4] } },
    {
      name: 'by a permutation that is not its own inverse',
      inputs: { data: [2, 3, 4] },
      attributes: { perm: [1, 2, 0] },
    },
  ],
  arbitrary: anyDims(1, 4).chain(data =>
    fc
      .shuffledSubarray([...data.keys()], { minLength: data.length })
      .map(perm => ({ inputs: { data }, attributes: { perm } })),
  ),
  forward: (inputs, attributes) => {
    const data = input(inputs, 'data')
    return transpose(data, attributes.list('perm') ?? [...data.dims.keys()].reverse())
  },
})
