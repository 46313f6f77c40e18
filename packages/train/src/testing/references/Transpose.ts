import { at, nd } from '../nd.ts'
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
  forward: (inputs, attributes) => {
    const data = input(inputs, 'data')
    const perm = attributes.list('perm') ?? [2, 1, 0]
    return nd(
      perm.map(axis => data.dims[axis] ?? 1),
      index =>
        at(
          data,
          perm.map((_, axis) => index[perm.indexOf(axis)] ?? 0),
        ),
    )
  },
})
