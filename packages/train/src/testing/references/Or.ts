import { zip } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const truths = { dataType: 'bool', dims: [2, 2], values: [0, 0, 1, 1] } as const

export const Or = defineReference({
  op: 'Or',
  cases: [{ name: 'of truths', inputs: { A: truths, B: { ...truths, values: [0, 1, 0, 1] } } }],
  forward: inputs => zip(input(inputs, 'A'), input(inputs, 'B'), (a, b) => Number(a || b)),
})
