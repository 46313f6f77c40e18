import { map, sumOver } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const GlobalAveragePool = defineReference({
  op: 'GlobalAveragePool',
  cases: [{ name: 'of images', inputs: { X: [2, 3, 2, 4] } }],
  forward: inputs => {
    const x = input(inputs, 'X')
    const sums = sumOver(x, [2, 3])
    return map(sums, total => total / (x.data.length / sums.data.length))
  },
})
