import fc from 'fast-check'
import { anyBroadcast, anyDims } from '../arbitraries.ts'
import { broadcast, broadcastDims } from '../nd.ts'
import { defineReference } from '../reference.ts'

/** Any number of inputs, broadcast together, element by element. */
export const defineVariadic = (op: string, combine: (values: readonly number[]) => number) =>
  defineReference({
    op,
    cases: [
      { name: 'of one', inputs: { a: [2, 3] } },
      { name: 'of three shapes', inputs: { a: [2, 3], b: [3], c: [2, 1] } },
    ],
    arbitrary: anyDims(1, 3)
      .chain(dims => fc.array(anyBroadcast(dims), { minLength: 1, maxLength: 3 }))
      .map(shapes => ({ inputs: Object.fromEntries(shapes.map((dims, place) => [`input${place}`, dims])) })),
    forward: inputs => {
      const all = Object.values(inputs)
      const dims = broadcastDims(...all.map(one => one.dims))
      const [first, ...others] = all.map(one => broadcast(one, dims).data)
      const data = (first ?? new Float64Array()).map((value, place) =>
        combine([value, ...others.map(other => other[place] ?? 0)]),
      )
      return { dims, data }
    },
  })
