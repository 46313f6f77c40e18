import { anyAxis, anyDims } from '../arbitraries.ts'
import { map, positive, sumOver, zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

export const Softmax = defineReference({
  op: 'Softmax',
  cases: [
    { name: 'over the last axis', inputs: { input: [3, 4] } },
    { name: 'over the second of three', inputs: { input: [2, 3, 2] }, attributes: { axis: 1 } },
  ],
  arbitrary: anyDims(1, 3).chain(dims =>
    anyAxis(dims).map(axis => ({ inputs: { input: dims }, attributes: { axis } })),
  ),
  forward: (inputs, attributes) => {
    const x = input(inputs, 'input')
    const axis = positive(attributes.number('axis', -1), x.dims.length)
    const exps = map(x, Math.exp)
    return zip(exps, sumOver(exps, [axis]), (value, total) => value / total)
  },
})
