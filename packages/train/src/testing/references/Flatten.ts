import { positive, sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Flatten = defineReference({
  op: 'Flatten',
  cases: [
    { name: 'after the first axis', inputs: { input: [2, 3, 2, 2] } },
    { name: 'before the last', inputs: { input: [2, 3, 2] }, attributes: { axis: -1 } },
  ],
  forward: (inputs, attributes) => {
    const { dims, data } = input(inputs, 'input')
    const rows = sizeOf(dims.slice(0, positive(attributes.number('axis', 1), dims.length)))
    return { dims: [rows, data.length / rows], data }
  },
})
