import type { Value } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { kept, reducedAxes, shared } from './spread.ts'

/** d data = d reduced at the smallest; equal ones share it */
export const ReduceMin = defineGradient({
  op: 'ReduceMin',
  backward: (b, { data, axes, reduced, dreduced }, attributes) => ({
    data: () => {
      const own = (value: Value) => kept(b, value, data, axes, attributes)
      return shared(b, data, own(reduced), own(dreduced), reducedAxes(data, axes, attributes))
    },
  }),
})
