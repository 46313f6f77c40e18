import { z } from 'zod'
import { defineObserver } from '../observer.ts'

/**
 * weight ← ρ·weight + 1; low ← ρ·low + min x; high ← ρ·high + max x, per batch; range [low, high] / weight
 * (PaddleSlim's moving_average_abs_max, for both ends. Its sums start at 1, a memory of a value that was never seen;
 * these start at 0.)
 */
export const movingAverage = defineObserver({
  id: 'moving-average',
  description: 'The least and the greatest value of a batch, averaged over batches, later ones weighing more.',
  options: z.strictObject({
    rate: z.number().min(0).lt(1).default(0.9).describe('Weight of what was seen before, at each new batch'),
  }),
  needs: 'extremes',
  start: () => ({ weight: 0, low: 0, high: 0 }),
  observe: (state, _values, { low, high }, { rate }) => {
    state.weight = rate * state.weight + 1
    state.low = rate * state.low + low
    state.high = rate * state.high + high
  },
  range: ({ weight, low, high }) => ({ low: low / weight, high: high / weight }),
})
