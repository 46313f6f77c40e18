import { anyDims } from '../arbitraries.ts'
import { fold } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const GlobalMaxPool = defineReference({
  op: 'GlobalMaxPool',
  cases: [{ name: 'of images', inputs: { X: [2, 3, 2, 4] } }],
  arbitrary: anyDims(3, 4).map(X => ({ inputs: { X } })),
  forward: inputs => {
    const x = input(inputs, 'X')
    return fold(x, [...x.dims.keys()].slice(2), Number.NEGATIVE_INFINITY, Math.max)
  },
})
