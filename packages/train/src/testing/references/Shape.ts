import { defineReference, input } from '../reference.ts'

export const Shape = defineReference({
  op: 'Shape',
  cases: [{ name: 'of a tensor', inputs: { data: [2, 3, 4] }, differentiate: [] }],
  forward: inputs => {
    const { dims } = input(inputs, 'data')
    return { dims: [dims.length], data: Float64Array.from(dims) }
  },
})
