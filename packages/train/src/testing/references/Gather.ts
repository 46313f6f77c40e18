import fc from 'fast-check'
import { anyAxis, anyDims } from '../arbitraries.ts'
import { at, nd, positive, sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const indices = (dims: readonly number[], values: readonly number[]) => ({ dataType: 'int64', dims, values }) as const

const arbitrary = fc.tuple(anyDims(1, 3), anyDims(0, 2)).chain(([data, dims]) =>
  anyAxis(data).chain(axis => {
    const size = data.at(axis) ?? 1
    return fc
      .array(fc.integer({ min: -size, max: size - 1 }), { minLength: sizeOf(dims), maxLength: sizeOf(dims) })
      .map(values => ({ inputs: { data, indices: indices(dims, values) }, attributes: { axis } }))
  }),
)

export const Gather = defineReference({
  op: 'Gather',
  cases: [
    { name: 'of an embedding, one row twice', inputs: { data: [4, 3], indices: indices([2, 2], [1, 3, 1, 0]) } },
    { name: 'of one token', inputs: { data: [2, 3, 2], indices: indices([], [-1]) }, attributes: { axis: 1 } },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const [data, indices] = [input(inputs, 'data'), input(inputs, 'indices')]
    const axis = positive(attributes.number('axis', 0), data.dims.length)
    const rank = indices.dims.length
    return nd([...data.dims.slice(0, axis), ...indices.dims, ...data.dims.slice(axis + 1)], index => {
      const taken = at(indices, index.slice(axis, axis + rank))
      return at(data, [...index.slice(0, axis), positive(taken, data.dims[axis] ?? 1), ...index.slice(axis + rank)])
    })
  },
})
