import { defineReference, input } from '../reference.ts'

export const Flatten = defineReference({
  op: 'Flatten',
  cases: [{ name: 'behind the first axis', inputs: { input: [2, 3, 2, 2] } }],
  forward: inputs => {
    const {
      dims: [first = 1],
      data,
    } = input(inputs, 'input')
    return { dims: [first, data.length / first], data }
  },
})
