import { z } from 'zod'
import { defineImportance } from '../importance.ts'

/** I[c] ~ U(0, 1) from the seed: what every other criterion has to beat */
export const random = defineImportance({
  id: 'random',
  description: 'None: channels are drawn by the seed, to compare with.',
  options: z.strictObject({}),
  looksAt: 'weights',
  needs: [],
  score: ({ values, random }) => values.map(() => random()),
})
