import { defineStrategy } from '@pare/core-graph'
import { losses } from '@pare/train'
import { z } from 'zod'
import type { Comparison } from '../comparison.ts'
import { distillation } from '../distillation.ts'
import { whileActive } from '../losses/while-active.ts'
import { adapterOption, commonOptions, flowPairsOption, teacherNeeds } from '../options.ts'

const comparison: Comparison = {
  id: 'fsp',
  loss: losses.fsp,
  gated: whileActive(losses.fsp),
  inputs: { student: ['studentFrom', 'studentTo'], teacher: ['teacherFrom', 'teacherTo'] },
  kinds: ['map'],
  // A flow is a mean over pixels: the two layers of a model must be of one size, student and teacher need not.
  align: ({ sameSize, sameChannels }, [from, to], [teacherFrom, teacherTo]) => {
    if (!from || !to || !teacherFrom || !teacherTo) throw new Error('A pair has two tensors of each.')
    const student = sameSize(from, to)
    const teacher = sameSize(teacherFrom, teacherTo)
    return {
      student: [sameChannels(student[0], teacher[0], 0), sameChannels(student[1], teacher[1], 1)],
      teacher,
    }
  },
}

/**
 * L = w·Σ mean (G(s₁, s₂) − G(t₁, t₂))² over the pairs, G(F₁, F₂) = 1/(H·W)·F₁·F₂ᵀ over the pixels (Yim et al. 2017, "A
 * Gift from Knowledge Distillation", equations 1 and 2); F₁:[N,M,H,W], F₂:[N,K,H,W], G:[N,M,K]
 */
export const fsp = defineStrategy({
  id: 'distill.fsp',
  description: "Teach the student a teacher's way from one layer to another: the flow of the solution procedure.",
  options: z.strictObject({ pairs: flowPairsOption, adapter: adapterOption, ...commonOptions }),
  needs: teacherNeeds,
  prepare: async (graph, { pairs, ...options }, context) =>
    distillation('distill.fsp', graph, { comparison, pairs, options }, context),
})
