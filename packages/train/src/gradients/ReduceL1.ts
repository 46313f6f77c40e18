import { defineGradient } from '../gradient.ts'
import { kept } from './spread.ts'

/** d data = d reduced · sign(data) */
export const ReduceL1 = defineGradient({
  op: 'ReduceL1',
  backward: (b, { data, axes, dreduced }, attributes) => ({
    data: () => b.Mul(kept(b, dreduced, data, axes, attributes), b.Sign(data)),
  }),
})
