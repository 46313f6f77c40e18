import { zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Div = defineReference({
  op: 'Div',
  cases: [
    { name: 'of one shape', inputs: { A: [2, 3], B: [2, 3] }, positive: ['B'] },
    { name: 'B broadcast over leading axes', inputs: { A: [2, 3, 4], B: [4] }, positive: ['B'] },
    { name: 'both broadcast', inputs: { A: [3, 1], B: [2, 1, 4] }, positive: ['B'] },
    { name: 'with a scalar', inputs: { A: [], B: [2, 2] }, positive: ['B'] },
  ],
  forward: inputs => zip(input(inputs, 'A'), input(inputs, 'B'), (a, b) => a / b),
})
