import { defineReference, input } from '../reference.ts'

export const Reshape = defineReference({
  op: 'Reshape',
  cases: [
    { name: 'to other axes', inputs: { data: [2, 3, 4], shape: { ints: [4, 6] } } },
    { name: 'with what is left over', inputs: { data: [2, 3, 4], shape: { ints: [0, -1, 2] } } },
  ],
  forward: inputs => {
    const { dims, data } = input(inputs, 'data')
    const asked = [...input(inputs, 'shape').data].map((size, axis) => (size === 0 ? (dims[axis] ?? 1) : size))
    const known = asked.reduce((product, size) => (size === -1 ? product : product * size), 1)
    return { dims: asked.map(size => (size === -1 ? data.length / known : size)), data }
  },
})
