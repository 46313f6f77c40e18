import { anyDims, anyEach } from '../arbitraries.ts'
import { at, nd } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Tile = defineReference({
  op: 'Tile',
  cases: [{ name: 'two axes of three', inputs: { input: [2, 1, 3], repeats: { ints: [2, 3, 1] } } }],
  arbitrary: anyDims(1, 3).chain(dims =>
    anyEach(dims.length, 1, 3).map(repeats => ({ inputs: { input: dims, repeats: { ints: repeats } } })),
  ),
  forward: inputs => {
    const x = input(inputs, 'input')
    const repeats = input(inputs, 'repeats').data
    return nd(
      x.dims.map((size, axis) => size * (repeats[axis] ?? 1)),
      index =>
        at(
          x,
          index.map((place, axis) => place % (x.dims[axis] ?? 1)),
        ),
    )
  },
})
