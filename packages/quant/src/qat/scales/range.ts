import { dataTypeCode, tensorOf } from '@pare/core-graph'
import { z } from 'zod'
import { defineActivationScale, scaleOfEnds } from '../activation-scale.ts'

/**
 * The greatest extreme of the last batches: a ring of as many places, of which each batch's takes the oldest
 * (range_abs_max of PaddleSlim, for both ends). The calibrated end stands in the first place, zeros in the others.
 */
export const range = defineActivationScale({
  id: 'range',
  description: 'The extremes of the last batches.',
  options: z.strictObject({
    window: z.int().positive().default(10_000).describe('Batches whose extremes count'),
  }),
  build: (context, { window }) => {
    const { b, name, tensors } = context
    /** 1 at the place to be written, 0 elsewhere. */
    const place = () =>
      tensors.shared('place', () => {
        const counted = (now: ReturnType<typeof b.scalar>) => {
          const next = b.Add(now, b.scalar(1))
          const isInside = b.Cast(b.Less(next, b.scalar(window)), { to: dataTypeCode('float32') })
          return b.Mul(next, isInside)
        }
        const index = tensors.state('place', tensorOf('float32', [], [window === 1 ? 0 : 1]), counted)
        const places = b.constant(
          'float32',
          [window],
          Array.from({ length: window }, (_, at) => at),
        )
        return b.Mul(b.Cast(b.Equal(places, index), { to: dataTypeCode('float32') }), tensors.observing())
      })
    return scaleOfEnds(context, (end, start, ofBatch) => {
      const first = Float32Array.from({ length: window }, (_, at) => (at === 0 ? start : 0))
      const ring = tensors.state(`${name}/${end}`, tensorOf('float32', [window], first), now =>
        b.Add(now, b.Mul(b.Sub(ofBatch(), now), place())),
      )
      return b.ReduceMax(ring, undefined, { keepdims: 0 })
    })
  },
})
