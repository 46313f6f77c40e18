import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Relu = defineReference({
  op: 'Relu',
  cases: [{ name: 'element-wise', inputs: { X: [2, 3, 4] } }],
  forward: inputs => map(input(inputs, 'X'), x => Math.max(0, x)),
})
