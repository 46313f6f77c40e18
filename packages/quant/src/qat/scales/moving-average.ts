import { tensorOf } from '@pare/core-graph'
import { z } from 'zod'
import { defineActivationScale, scaleOfEnds } from '../activation-scale.ts'

/**
 * state ← ρ·state + 1; accum ← ρ·accum + m; m̄ = accum / state, m the extreme of the batch (moving_average_abs_max of
 * PaddleSlim, for both ends). Written for m̄ itself: m̄ ← m̄ + (m − m̄) / state. state begins at 1, m̄ at the calibrated end.
 */
export const movingAverage = defineActivationScale({
  id: 'moving-average',
  description: 'A moving average of the extremes of batches.',
  options: z.strictObject({
    rate: z.number().min(0).lt(1).default(0.9).describe('Weight of what was seen before, at each new batch'),
  }),
  build: (context, { rate }) => {
    const { b, name, tensors } = context
    const one = b.scalar(1)
    const share = () =>
      tensors.shared('share', () => {
        const grown = (now: ReturnType<typeof b.scalar>) => b.Add(b.Mul(now, b.scalar(rate)), one)
        return b.Div(tensors.observing(), grown(tensors.state('state', tensorOf('float32', [], [1]), grown)))
      })
    return scaleOfEnds(context, (end, start, ofBatch) =>
      tensors.state(`${name}/${end}`, tensorOf('float32', [], [start]), now =>
        b.Add(now, b.Mul(b.Sub(ofBatch(), now), share())),
      ),
    )
  },
})
