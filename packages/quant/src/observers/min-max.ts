import { z } from 'zod'
import { defineObserver } from '../observer.ts'

/** [min x, max x] over every batch */
export const minMax = defineObserver({
  id: 'min-max',
  description: 'The least and the greatest value seen: nothing is cut off, and one outlier costs precision everywhere.',
  options: z.strictObject({}),
  needs: 'extremes',
  start: () => ({ low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }),
  observe: (state, _values, { low, high }) => {
    state.low = Math.min(state.low, low)
    state.high = Math.max(state.high, high)
  },
  range: ({ low, high }) => ({ low, high }),
})
