import { defineStrategy } from '@pare/core-graph'
import { losses } from '@pare/train'
import { z } from 'zod'
import { alignPair, type Comparison } from '../comparison.ts'
import { distillation } from '../distillation.ts'
import { whileActive } from '../losses/while-active.ts'
import { adapterOption, commonOptions, pairsOption, single, teacherNeeds } from '../options.ts'

const comparison: Comparison = {
  id: 'l2',
  loss: losses['mean-squared-error'],
  gated: whileActive(losses['mean-squared-error']),
  inputs: { student: ['output'], teacher: ['target'] },
  kinds: ['map', 'tokens', 'vector'],
  align: alignPair({ channels: true }),
}

/**
 * L = w·Σ mean (a(s) − t)² over the pairs, a an adapter where channels differ (Romero et al. 2015, "FitNets: Hints for
 * Thin Deep Nets", equation 3); s, t:[N,C,H,W], [N,L,C] or [N,C]
 */
export const l2 = defineStrategy({
  id: 'distill.l2',
  description: "Teach the student to compute a teacher's tensors: the mean square of the differences.",
  options: z.strictObject({ pairs: pairsOption, adapter: adapterOption, ...commonOptions }),
  needs: teacherNeeds,
  prepare: async (graph, { pairs, ...options }, context) =>
    distillation('distill.l2', graph, { comparison, pairs: pairs.map(single), options }, context),
})
