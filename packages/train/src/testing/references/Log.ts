import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Log = defineReference({
  op: 'Log',
  cases: [{ name: 'element-wise', inputs: { input: [2, 3, 4] }, positive: ['input'] }],
  forward: inputs => map(input(inputs, 'input'), x => Math.log(x)),
})
