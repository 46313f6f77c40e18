import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Sigmoid = defineReference({
  op: 'Sigmoid',
  cases: [{ name: 'element-wise', inputs: { X: [2, 3, 4] } }],
  forward: inputs => map(input(inputs, 'X'), x => 1 / (1 + Math.exp(-x))),
})
