import { defineReference, input } from '../reference.ts'

export const Reshape = defineReference({
  op: 'Reshape',
  cases: [{ name: 'to other axes', inputs: { data: [2, 3, 4], shape: { ints: [4, 6] } } }],
  forward: inputs => ({ dims: [...input(inputs, 'shape').data], data: input(inputs, 'data').data }),
})
