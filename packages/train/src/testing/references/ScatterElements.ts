import { indicesOf, positive, stridesOf, sum } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const ScatterElements = defineReference({
  op: 'ScatterElements',
  cases: [
    {
      name: 'added, some at the same place',
      inputs: { data: [3, 2], indices: { dataType: 'int64', dims: [2, 2], values: [0, 2, 0, 1] }, updates: [2, 2] },
      attributes: { axis: 0, reduction: 'add' },
      differentiate: [],
    },
    {
      name: 'written, along the last axis',
      inputs: { data: [2, 3], indices: { dataType: 'int64', dims: [2, 1], values: [2, -2] }, updates: [2, 1] },
      attributes: { axis: -1 },
      differentiate: [],
    },
  ],
  forward: (inputs, attributes) => {
    const [data, indices, updates] = [input(inputs, 'data'), input(inputs, 'indices'), input(inputs, 'updates')]
    const axis = positive(attributes.number('axis', 0), data.dims.length)
    const isSum = attributes.text('reduction') === 'add'
    const strides = stridesOf(data.dims)
    const made = data.data.slice()
    let source = 0
    for (const index of indicesOf(indices.dims)) {
      const along = positive(indices.data[source] ?? 0, data.dims[axis] ?? 0)
      const target = sum(index.with(axis, along).map((place, other) => place * (strides[other] ?? 0)))
      made[target] = (isSum ? (made[target] ?? 0) : 0) + (updates.data[source] ?? 0)
      source++
    }
    return { dims: data.dims, data: made }
  },
})
