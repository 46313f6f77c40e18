import { zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Equal = defineReference({
  op: 'Equal',
  cases: [
    {
      name: 'of integers, broadcast',
      inputs: { A: { dataType: 'int64', dims: [2, 2], values: [1, 2, 3, 1] }, B: { ints: [1, 2] } },
    },
  ],
  forward: inputs => zip(input(inputs, 'A'), input(inputs, 'B'), (a, b) => Number(a === b)),
})
