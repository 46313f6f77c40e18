import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'
import { reducedAxes, spread } from './spread.ts'

/** d data = d reduced / M, repeated along the axes; M elements go into each mean */
export const ReduceMean = defineGradient({
  op: 'ReduceMean',
  backward: (b, { data, axes, dreduced }, attributes) => ({
    data: () => {
      const sizes = sizesOf(data)
      const count = reducedAxes(data, axes, attributes).reduce((product, axis) => product * (sizes[axis] ?? 1), 1)
      return spread(b, b.Div(dreduced, b.scalar(count, data.dataType)), data, axes, attributes)
    },
  }),
})
