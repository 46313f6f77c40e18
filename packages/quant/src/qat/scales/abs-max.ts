import { z } from 'zod'
import { defineActivationScale, scaleOfEnds } from '../activation-scale.ts'
import { roundUp } from '../round-up.ts'

/** The extremes of the batch at hand (abs_max of PaddleSlim, for both ends) */
export const absMax = defineActivationScale({
  id: 'abs-max',
  description: 'The extremes of each batch; fixed ones are found from calibration data when the training is over.',
  options: z.strictObject({}),
  dynamic: true,
  build: context => scaleOfEnds(context, (_end, start, ofBatch) => roundUp(context.b, ofBatch(), start)),
})
