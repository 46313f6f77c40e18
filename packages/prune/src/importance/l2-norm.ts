import { z } from 'zod'
import { defineImportance } from '../importance.ts'

/** I[c] = √Σw² over the weights that make channel c (He et al. 2018, "Soft Filter Pruning") */
export const l2Norm = defineImportance({
  id: 'l2-norm',
  description: 'Root of the sum of squares of the weights that make the channel.',
  options: z.strictObject({}),
  looksAt: 'weights',
  needs: [],
  score: ({ values }) => values.map(row => Math.sqrt(row.reduce((sum, weight) => sum + weight * weight, 0))),
})
