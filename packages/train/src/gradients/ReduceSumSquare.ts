import { defineGradient } from '../gradient.ts'
import { kept } from './spread.ts'

/** d data = d reduced · 2·data */
export const ReduceSumSquare = defineGradient({
  op: 'ReduceSumSquare',
  backward: (b, { data, axes, dreduced }, attributes) => ({
    data: () => b.Mul(data, kept(b, b.Mul(dreduced, b.scalar(2, data.dataType)), data, axes, attributes)),
  }),
})
