import { z } from 'zod'

/** Options that mixtures of batches have in common. */
export const mixingOptions = (alpha: number) => ({
  alpha: z
    .number()
    .positive()
    .default(alpha)
    .describe('Shares are drawn of Beta(alpha, alpha): near 0 one of two images prevails, 1 is uniform.'),
  probability: z.number().gt(0).max(1).default(1).describe('Share of the batches that are mixed so.'),
})
