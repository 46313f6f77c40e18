import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Exp = defineReference({
  op: 'Exp',
  cases: [{ name: 'element-wise', inputs: { input: [2, 3, 4] } }],
  forward: inputs => map(input(inputs, 'input'), x => Math.exp(x)),
})
