import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Not = defineReference({
  op: 'Not',
  cases: [{ name: 'of truths', inputs: { X: { dataType: 'bool', dims: [2], values: [0, 1] } } }],
  forward: inputs => map(input(inputs, 'X'), x => 1 - x),
})
