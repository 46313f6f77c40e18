import type { Value } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { kept } from './spread.ts'

/** d data = d reduced · exp(data − reduced) */
export const ReduceLogSumExp = defineGradient({
  op: 'ReduceLogSumExp',
  backward: (b, { data, axes, reduced, dreduced }, attributes) => ({
    data: () => {
      const own = (value: Value) => kept(b, value, data, axes, attributes)
      return b.Mul(own(dreduced), b.Exp(b.Sub(data, own(reduced))))
    },
  }),
})
