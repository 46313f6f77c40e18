import { defineStrategy } from '@pare/core-graph'
import { z } from 'zod'
import { alignPair, type Comparison } from '../comparison.ts'
import { distillation } from '../distillation.ts'
import { attention as loss } from '../losses/attention.ts'
import { whileActive } from '../losses/while-active.ts'
import { commonOptions, pairsOption, single, teacherNeeds } from '../options.ts'

const comparison: Comparison = {
  id: 'attention',
  loss,
  gated: whileActive(loss),
  inputs: { student: ['student'], teacher: ['teacher'] },
  // Of vectors there are no places to compare.
  kinds: ['map', 'tokens'],
  align: alignPair({ channels: false }),
}

/**
 * L = w·Σ 1/N Σₙ ‖q(s)/‖q(s)‖ − q(t)/‖q(t)‖‖² over the pairs, q = Σ_c F_c² (Zagoruyko & Komodakis 2017, "Paying More
 * Attention to Attention"); s:[N,C,H,W], t:[N,C′,H,W]
 */
export const attention = defineStrategy({
  id: 'distill.attention',
  description: 'Teach the student to look where a teacher looks: attention transfer, whatever the channels.',
  options: z.strictObject({ pairs: pairsOption, ...commonOptions }),
  needs: teacherNeeds,
  prepare: async (graph, { pairs, ...options }, context) =>
    distillation('distill.attention', graph, { comparison, pairs: pairs.map(single), options }, context),
})
