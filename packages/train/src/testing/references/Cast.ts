import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Cast = defineReference({
  op: 'Cast',
  cases: [
    { name: 'to float', inputs: { input: [2, 3] }, attributes: { to: 1 } },
    { name: 'to integers', inputs: { input: [2, 20] }, attributes: { to: 6 }, differentiate: [] },
    { name: 'to truths', inputs: { input: { ints: [0, 1, 2] } }, attributes: { to: 9 } },
  ],
  forward: (inputs, attributes) => {
    const to = attributes.number('to', 1)
    const isFloat = [1, 10, 11, 16].includes(to)
    return map(input(inputs, 'input'), x => (to === 9 ? Number(x !== 0) : isFloat ? x : Math.trunc(x)))
  },
})
