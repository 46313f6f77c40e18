import { positive } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Unsqueeze = defineReference({
  op: 'Unsqueeze',
  cases: [{ name: 'at both ends', inputs: { data: [2, 3], axes: { ints: [0, -1] } } }],
  forward: inputs => {
    const { dims, data } = input(inputs, 'data')
    const added = input(inputs, 'axes').data
    const axes = [...added].map(axis => positive(axis, dims.length + added.length))
    const made = [...dims]
    for (const axis of axes.sort((a, b) => a - b)) made.splice(axis, 0, 1)
    return { dims: made, data }
  },
})
