import { defineGradient } from '../gradient.ts'
import { kept } from './spread.ts'

/** d data = d reduced · data / reduced; 0 where the norm is 0 */
export const ReduceL2 = defineGradient({
  op: 'ReduceL2',
  backward: (b, { data, axes, reduced, dreduced }, attributes) => ({
    data: () => {
      const zero = b.scalar(0, data.dataType)
      const factor = b.Where(b.Equal(reduced, zero), zero, b.Div(dreduced, reduced))
      return b.Mul(data, kept(b, factor, data, axes, attributes))
    },
  }),
})
