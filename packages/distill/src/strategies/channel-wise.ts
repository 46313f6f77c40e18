import { defineStrategy } from '@pare/core-graph'
import { z } from 'zod'
import { alignPair, type Comparison } from '../comparison.ts'
import { distillation } from '../distillation.ts'
import { channelWise as loss } from '../losses/channel-wise.ts'
import { whileActive } from '../losses/while-active.ts'
import { adapterOption, commonOptions, pairsOption, single, teacherNeeds } from '../options.ts'

const comparison: Comparison = {
  id: 'channel-wise',
  loss,
  gated: whileActive(loss),
  inputs: { student: ['student'], teacher: ['teacher'] },
  // Of vectors there are no places to compare.
  kinds: ['map', 'tokens'],
  align: alignPair({ channels: true }),
}

/**
 * L = w·Σ T²/(N·C) Σ p(t)·log(p(t)/p(a(s))) over the pairs, p a softmax over the pixels of each channel (Shu et al. 2021,
 * "Channel-wise Knowledge Distillation for Dense Prediction"); s, t:[N,C,H,W] or [N,L,C]
 */
export const channelWise = defineStrategy({
  id: 'distill.channel-wise',
  description: "Teach each channel of the student to be active where a teacher's is, for dense prediction above all.",
  options: z.strictObject({ pairs: pairsOption, ...loss.options, adapter: adapterOption, ...commonOptions }),
  needs: teacherNeeds,
  prepare: async (graph, { pairs, temperature, ...options }, context) =>
    distillation(
      'distill.channel-wise',
      graph,
      { comparison, pairs: pairs.map(single), options, lossOptions: { temperature } },
      context,
    ),
})
