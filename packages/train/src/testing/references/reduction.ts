import { map, sumOver } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

/**
 * The sum over axes (all where none are given), each one finished by what its number of elements makes of it.
 * @param finish gets a sum and how many elements it is of
 */
export const defineReduction = (op: string, finish: (sum: number, count: number) => number) =>
  defineReference({
    op,
    cases: [
      { name: 'over two axes, kept', inputs: { data: [2, 3, 4], axes: { ints: [0, -1] } } },
      { name: 'over one axis, dropped', inputs: { data: [2, 3, 4], axes: { ints: [1] } }, attributes: { keepdims: 0 } },
      { name: 'over all axes', inputs: { data: [2, 3] }, attributes: { keepdims: 0 } },
    ],
    forward: (inputs, attributes) => {
      const data = input(inputs, 'data')
      const rank = data.dims.length
      const axes = inputs.axes ? [...inputs.axes.data].map(axis => (axis + rank) % rank) : [...data.dims.keys()]
      const sums = sumOver(data, axes)
      const count = data.data.length / sums.data.length
      const { dims, data: values } = map(sums, sum => finish(sum, count))
      return {
        dims: attributes.number('keepdims', 1) ? dims : dims.filter((_, axis) => !axes.includes(axis)),
        data: values,
      }
    },
  })
