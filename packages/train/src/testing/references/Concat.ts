import fc from 'fast-check'
import { anyAxis, anyDims } from '../arbitraries.ts'
import { at, nd, positive, sum } from '../nd.ts'
import { defineReference } from '../reference.ts'

const arbitrary = fc.tuple(anyDims(1, 3), anyDims(1, 3)).chain(([dims, parts]) =>
  anyAxis(dims).map(axis => ({
    inputs: Object.fromEntries(
      parts.map((size, place) => [`input${place}`, dims.with(positive(axis, dims.length), size)]),
    ),
    attributes: { axis },
  })),
)

export const Concat = defineReference({
  op: 'Concat',
  cases: [
    {
      name: 'of three, along the second axis',
      inputs: { a: [2, 1, 2], b: [2, 3, 2], c: [2, 2, 2] },
      attributes: { axis: 1 },
    },
    { name: 'along the last, counted from the end', inputs: { a: [2, 3], b: [2, 1] }, attributes: { axis: -1 } },
  ],
  arbitrary,
  forward: (inputs, attributes) => {
    const parts = Object.values(inputs)
    const shape = parts[0]?.dims ?? []
    const axis = positive(attributes.number('axis', 0), shape.length)
    const lengths = parts.map(({ dims }) => dims[axis] ?? 0)
    return nd(shape.with(axis, sum(lengths)), index => {
      let place = index[axis] ?? 0
      for (const [number, part] of parts.entries()) {
        const length = lengths[number] ?? 0
        if (place < length) return at(part, index.with(axis, place))
        place -= length
      }
      return 0
    })
  },
})
