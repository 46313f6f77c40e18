import { z } from 'zod'
import { defineSchedule, noWarmup } from '../schedule.ts'

/**
 * One rise and one fall (Smith 2018, "A disciplined approach to neural network hyper-parameters", section 4.2), both
 * along half a cosine wave, the fall to far below the start. The momentum stays the same.
 */
export const oneCycle = defineSchedule({
  id: 'one-cycle',
  description: 'Rises, then falls to almost 0, along half a cosine wave each',
  options: {
    ...noWarmup,
    rise: z.number().gt(0).lt(1).default(0.3).describe('Share of the updates after the warm-up over which it rises'),
    start: z.number().min(0).lt(1).default(0.04).describe('Where it starts, as a share of the highest'),
    end: z.number().min(0).lt(1).default(4e-6).describe('Where it ends, as a share of the highest'),
  },
  share: ({ progress }, { rise, start, end }) =>
    progress < rise ? between(start, 1, progress / rise) : between(1, end, (progress - rise) / (1 - rise)),
})

/** From `first` at 0 to `last` at 1, along half a cosine wave. */
const between = (first: number, last: number, share: number) =>
  first + ((last - first) * (1 - Math.cos(Math.PI * share))) / 2
