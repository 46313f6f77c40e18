import { defineGradient } from '../gradient.ts'
import { extremumGradient } from './extremum.ts'

/** d data_0[i] = dmax where data_0[i] is the greatest; the first of equal ones gets it */
export const Max = defineGradient({
  op: 'Max',
  backward: (b, { data_0, max, dmax }) => ({
    data_0: (index: number) => extremumGradient(b, data_0, max, dmax, index),
  }),
})
