import fc from 'fast-check'
import { anyAxis, anyDims } from '../arbitraries.ts'
import { at, nd, positive, sum } from '../nd.ts'
import { defineReference, input, type ReferenceCase } from '../reference.ts'

const arbitrary = fc.tuple(anyDims(1, 3), anyDims(1, 3)).chain(([dims, parts]) =>
  fc.tuple(anyAxis(dims), fc.subarray([...parts.keys()], { minLength: 1 })).map(
    ([axis, lossOf]): Omit<ReferenceCase, 'name'> => ({
      inputs: { input: dims.with(positive(axis, dims.length), sum(parts)), split: { ints: parts } },
      attributes: { axis },
      outputCount: parts.length,
      lossOf,
    }),
  ),
)

export const Split = defineReference({
  op: 'Split',
  cases: [
    {
      name: 'into equal parts, the last smaller',
      inputs: { input: [2, 5] },
      attributes: { axis: 1, num_outputs: 2 },
      outputCount: 2,
      lossOf: [0, 1],
    },
    {
      name: 'into three, one of which is not used',
      inputs: { input: [6, 2], split: { ints: [1, 2, 3] } },
      outputCount: 3,
      lossOf: [0, 2],
    },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const x = input(inputs, 'input')
    const axis = positive(attributes.number('axis', 0), x.dims.length)
    const size = x.dims[axis] ?? 1
    const count = attributes.number('num_outputs', 1)
    const part = Math.ceil(size / count)
    const equal = Array.from({ length: count }, (_, place) => Math.min(part, size - place * part))
    const lengths = [...(inputs.split?.data ?? equal)]
    return lengths.map((length, place) => {
      const start = sum(lengths.slice(0, place))
      return nd(x.dims.with(axis, length), index => at(x, index.with(axis, start + (index[axis] ?? 0))))
    })
  },
})
