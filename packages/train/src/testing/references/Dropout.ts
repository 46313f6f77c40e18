import { map } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Dropout = defineReference({
  op: 'Dropout',
  cases: [
    { name: 'in inference', inputs: { data: [2, 3] } },
    { name: 'in inference, with a ratio', inputs: { data: [2, 3], ratio: { scalar: 0.75 } } },
  ],
  forward: inputs => {
    const data = input(inputs, 'data')
    return [data, map(data, () => 1)]
  },
})
