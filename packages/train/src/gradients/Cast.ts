import { isFloat } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { castLike } from './mask.ts'

/** d input = d output in the type of input; of levels (QuantizeLinear) it stays a float */
export const Cast = defineGradient({
  op: 'Cast',
  backward: (b, { input, doutput }) => ({
    input: () => (isFloat(input.dataType) ? castLike(b, doutput, input) : doutput),
  }),
})
