import type { Value } from '@pare/core-graph'
import { defineLoss, type Expressions } from '@pare/train'
import { z } from 'zod'

/**
 * L = T²/(N·C) Σₙ Σ_c Σᵢ pₙ_c(teacher)ᵢ·log(pₙ_c(teacher)ᵢ / pₙ_c(student)ᵢ), p = softmax(F_c/T) over the pixels i of each
 * channel (Shu et al. 2021, "Channel-wise Knowledge Distillation for Dense Prediction", equations 3 and 4).
 * student, teacher:[N,C,H,W] or [N,L,C] → []
 */
export const channelWise = defineLoss({
  id: 'channel-wise',
  description: "Where each channel of a layer is active, against where a teacher's is",
  inputs: { student: 'named', teacher: 'named' },
  options: {
    temperature: z.number().positive().default(4).describe('Activations are divided by it: the higher, the softer'),
  },
  build: (ops, { student, teacher }, { temperature }) => {
    const [own, other] = [student, teacher].map(features => ops.logSoftmax(ops.div(rows(ops, features), temperature)))
    if (!own || !other) throw new Error('Two tensors were given.')
    const divergence = ops.sum(ops.mul(ops.exp(other), ops.sub(other, own)), [-1])
    return ops.mul(ops.mean(divergence), temperature ** 2)
  },
})

/** `[N, C, pixels]` */
const rows = (ops: Expressions, features: Value): Value =>
  features.shape?.length === 4 ? ops.reshape(features, [0, 0, -1]) : ops.transpose(features)
