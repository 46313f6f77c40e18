import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Sign = defineReference({
  op: 'Sign',
  cases: [{ name: 'element-wise', inputs: { input: [2, 3] }, differentiate: [] }],
  forward: inputs => map(input(inputs, 'input'), Math.sign),
})
