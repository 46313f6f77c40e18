import fc from 'fast-check'
import { anyBroadcast, anyDims } from '../arbitraries.ts'
import { broadcast, broadcastDims, sizeOf } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const condition = (dims: readonly number[]) =>
  ({
    dataType: 'bool',
    dims,
    values: Array.from({ length: sizeOf(dims) }, (_, place) => ((place * place) % 3) % 2),
  }) as const

export const Where = defineReference({
  op: 'Where',
  cases: [{ name: 'all broadcast', inputs: { condition: condition([2, 1, 3]), X: [4, 1], Y: [] } }],
  arbitrary: anyDims(1, 3).chain(dims =>
    fc
      .tuple(anyBroadcast(dims), anyBroadcast(dims), anyBroadcast(dims))
      .map(([own, X, Y]) => ({ inputs: { condition: condition(own), X, Y } })),
  ),
  forward: inputs => {
    const [holds, x, y] = [input(inputs, 'condition'), input(inputs, 'X'), input(inputs, 'Y')]
    const dims = broadcastDims(holds.dims, x.dims, y.dims)
    const [first, second] = [broadcast(x, dims).data, broadcast(y, dims).data]
    return { dims, data: broadcast(holds, dims).data.map((value, place) => (value ? first : second)[place] ?? 0) }
  },
})
