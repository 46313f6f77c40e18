import { z } from 'zod'
import { defineImportance } from '../importance.ts'

/** I[c] = |γ_c| of the BatchNormalization behind channel c (Liu et al. 2017, "Network Slimming") */
export const batchNormScale = defineImportance({
  id: 'batch-norm-scale',
  description: 'Magnitude of the scale of the BatchNormalization behind the channel.',
  options: z.strictObject({}),
  looksAt: 'scales',
  needs: [],
  score: ({ values }) => values.map(row => row.reduce((sum, scale) => sum + Math.abs(scale), 0)),
})
