import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Sqrt = defineReference({
  op: 'Sqrt',
  cases: [{ name: 'element-wise', inputs: { X: [2, 3, 4] }, positive: ['X'] }],
  forward: inputs => map(input(inputs, 'X'), x => Math.sqrt(x)),
})
