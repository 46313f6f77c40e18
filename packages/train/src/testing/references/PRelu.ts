import { anyBroadcast, anyDims } from '../arbitraries.ts'
import { zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const PRelu = defineReference({
  op: 'PRelu',
  cases: [
    { name: 'a slope for each channel', inputs: { X: [2, 3, 2, 2], slope: [3, 1, 1] } },
    { name: 'one slope', inputs: { X: [2, 3], slope: [1] } },
  ],
  arbitrary: anyDims(1, 4).chain(X => anyBroadcast(X).map(slope => ({ inputs: { X, slope } }))),
  forward: inputs => zip(input(inputs, 'X'), input(inputs, 'slope'), (x, slope) => (x >= 0 ? x : slope * x)),
})
