import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const half = (x: number) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x))

export const Round = defineReference({
  op: 'Round',
  cases: [{ name: 'element-wise', inputs: { X: [2, 3, 4] } }],
  forward: inputs => map(input(inputs, 'X'), half),
  differentiated: inputs => map(input(inputs, 'X'), x => x),
})
