import { defineGradient } from '../gradient.ts'
import { extremumGradient } from './extremum.ts'

/** d data_0[i] = dmin where data_0[i] is the smallest; the first of equal ones gets it */
export const Min = defineGradient({
  op: 'Min',
  backward: (b, { data_0, min, dmin }) => ({
    data_0: (index: number) => extremumGradient(b, data_0, min, dmin, index),
  }),
})
