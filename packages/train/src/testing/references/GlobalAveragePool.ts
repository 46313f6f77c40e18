import { map, sumOver } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const GlobalAveragePool = defineReference({
  op: 'GlobalAveragePool',
  cases: [{ name: 'of images', inputs: { X: [2, 3, 2, 4] } }],
  forward: inputs => map(sumOver(input(inputs, 'X'), [2, 3]), x => x / 8),
})
