import { anyBroadcast, anyDims } from '../arbitraries.ts'
import { broadcast, broadcastDims } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Expand = defineReference({
  op: 'Expand',
  cases: [
    { name: 'to more axes', inputs: { input: [3, 1], shape: { ints: [2, 1, 4] } } },
    { name: 'a number', inputs: { input: [], shape: { ints: [2, 2] } } },
  ],
  arbitrary: anyDims(1, 3).chain(dims =>
    anyBroadcast(dims).map(own => ({ inputs: { input: own, shape: { ints: dims } } })),
  ),
  forward: inputs => {
    const x = input(inputs, 'input')
    return broadcast(x, broadcastDims(x.dims, [...input(inputs, 'shape').data]))
  },
})
