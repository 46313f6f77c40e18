import { z } from 'zod'
import { defineImportance } from '../importance.ts'

/** I[c] = Σ|w| over the weights that make channel c (Li et al. 2017, "Pruning Filters for Efficient ConvNets") */
export const l1Norm = defineImportance({
  id: 'l1-norm',
  description: 'Sum of the magnitudes of the weights that make the channel.',
  options: z.strictObject({}),
  looksAt: 'weights',
  needs: [],
  score: ({ values }) => values.map(row => row.reduce((sum, weight) => sum + Math.abs(weight), 0)),
})
