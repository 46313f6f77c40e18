import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Neg = defineReference({
  op: 'Neg',
  cases: [{ name: 'element-wise', inputs: { X: [2, 3, 4] } }],
  forward: inputs => map(input(inputs, 'X'), x => -x),
})
