import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Clip = defineReference({
  op: 'Clip',
  cases: [
    { name: 'at both ends', inputs: { input: [4, 5], min: { scalar: -0.2 }, max: { scalar: 0.3 } } },
    { name: 'below only', inputs: { input: [4, 5], min: { scalar: 0 } } },
  ],
  forward: inputs => {
    const low = inputs.min?.data[0] ?? Number.NEGATIVE_INFINITY
    const high = inputs.max?.data[0] ?? Number.POSITIVE_INFINITY
    return map(input(inputs, 'input'), x => Math.min(high, Math.max(low, x)))
  },
})
