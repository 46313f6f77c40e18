import { positive } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Squeeze = defineReference({
  op: 'Squeeze',
  cases: [
    { name: 'some axes', inputs: { data: [1, 3, 1, 2], axes: { ints: [0, -2] } } },
    { name: 'all of size 1', inputs: { data: [1, 3, 1] } },
  ],
  forward: inputs => {
    const { dims, data } = input(inputs, 'data')
    const axes = inputs.axes && [...inputs.axes.data].map(axis => positive(axis, dims.length))
    return { dims: dims.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)), data }
  },
})
