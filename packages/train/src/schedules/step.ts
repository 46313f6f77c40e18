import { z } from 'zod'
import { defineSchedule, warmup } from '../schedule.ts'

/** fⁿ after n of the epochs named. */
export const step = defineSchedule({
  id: 'step',
  description: 'Falls at once after some epochs',
  options: {
    ...warmup,
    epochs: z.array(z.number().positive()).min(1).describe('After how many epochs it falls, such as [30, 60, 90]'),
    factor: z.number().positive().lt(1).default(0.1).describe('What it is multiplied by each time'),
  },
  share: ({ epoch }, { epochs, factor }) => factor ** epochs.filter(end => epoch >= end).length,
})
