import { anyDims } from '../arbitraries.ts'
import { map, sumOver } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const GlobalAveragePool = defineReference({
  op: 'GlobalAveragePool',
  cases: [{ name: 'of images', inputs: { X: [2, 3, 2, 4] } }],
  arbitrary: anyDims(3, 4).map(X => ({ inputs: { X } })),
  forward: inputs => {
    const x = input(inputs, 'X')
    const sums = sumOver(x, [...x.dims.keys()].slice(2))
    return map(sums, total => total / (x.data.length / sums.data.length))
  },
})
