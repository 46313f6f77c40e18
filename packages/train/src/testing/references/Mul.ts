import { zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Mul = defineReference({
  op: 'Mul',
  cases: [
    { name: 'of one shape', inputs: { A: [2, 3], B: [2, 3] } },
    { name: 'B broadcast over leading axes', inputs: { A: [2, 3, 4], B: [4] } },
    { name: 'both broadcast', inputs: { A: [3, 1], B: [2, 1, 4] } },
    { name: 'with a scalar', inputs: { A: [], B: [2, 2] } },
  ],
  forward: inputs => zip(input(inputs, 'A'), input(inputs, 'B'), (a, b) => a * b),
})
