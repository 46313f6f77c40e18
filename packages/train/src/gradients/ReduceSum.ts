import { defineGradient } from '../gradient.ts'
import { spread } from './spread.ts'

/** d data = d reduced, repeated along the axes */
export const ReduceSum = defineGradient({
  op: 'ReduceSum',
  backward: (b, { data, axes, dreduced }, attributes) => ({
    data: () => spread(b, dreduced, data, axes, attributes),
  }),
})
