import {
  beforeSoftmax,
  defineStrategy,
  elementCount,
  type Graph,
  type GraphBuilder,
  upgradeOpset,
  type Value,
} from '@pare/core-graph'
import { losses } from '@pare/train'
import { z } from 'zod'
import { layoutOf } from '../align.ts'
import type { Comparison } from '../comparison.ts'
import { distillation, teacherOf } from '../distillation.ts'
import { logitsOf } from '../logits.ts'
import { whileActive } from '../losses/while-active.ts'
import { teacherError } from '../merge-teacher.ts'
import { commonOptions, teacherNeeds } from '../options.ts'
import { pairError } from '../tensor-pairs.ts'

const loss = losses['soft-cross-entropy']

const comparison: Comparison = {
  id: 'soft-label',
  loss,
  gated: whileActive(loss),
  inputs: { student: ['student'], teacher: ['teacher'] },
  kinds: ['vector', 'tokens', 'map'],
  align: ({ builder }, student, teacher) => {
    const [own, other] = [student, teacher].map(logits => logits.map(value => classesLast(builder, value)))
    const [scores, taught] = [own?.[0], other?.[0]]
    if (!scores || !taught) throw new Error('A pair has a tensor of each.')
    checkClasses(scores, taught)
    return { student: [scores], teacher: [taught] }
  },
}

/** `[N, K, H, W]` as the scores of each pixel `[N, H, W, K]`, or of the only one `[N, K]`; others have their classes last. */
function classesLast(b: GraphBuilder, value: Value): Value {
  const { kind, size } = layoutOf(value)
  if (kind !== 'map') return value
  return elementCount(size) === 1 ? b.Flatten(value) : b.Transpose(value, { perm: [0, 2, 3, 1] })
}

/**
 * L = −w·T²/N Σₙ Σₖ softmax(t/T′)ₙₖ·log softmax(s/T)ₙₖ, T′ = T by default (Hinton et al. 2015, "Distilling the Knowledge
 * in a Neural Network", section 2); without T² where `scaled` is off, as in PaddleSlim. s, t:[N,K] logits, or those of
 * each token [N,L,K] or pixel [N,K,H,W], whose mean it is then
 */
export const softLabel = defineStrategy({
  id: 'distill.soft-label',
  description: "Teach the student a teacher's softened classes: the likeness that it sees between them.",
  options: z.strictObject({
    student: z
      .string()
      .min(1)
      .optional()
      .describe("The student's logits by name. Default: its output before a Softmax"),
    teacher: z
      .string()
      .min(1)
      .optional()
      .describe("The teacher's logits by name. Default: its output before a Softmax"),
    ...loss.options,
    ...commonOptions,
  }),
  needs: teacherNeeds,
  prepare: async (graph, { student, teacher, temperature, teacherTemperature, scaled, ...options }, context) => {
    const model = upgradeOpset(graph)
    const taught = teacherOf(context, 'distill.soft-label')
    const pair = {
      student: [logitsNamed(model, 'student', student)],
      teacher: [logitsNamed(taught, 'teacher', teacher)],
      weight: 1,
    }
    const lossOptions = { temperature, scaled, ...(teacherTemperature !== undefined && { teacherTemperature }) }
    return distillation('distill.soft-label', graph, { comparison, pairs: [pair], options, lossOptions }, context)
  },
})

function logitsNamed(graph: Graph, side: 'student' | 'teacher', name: string | undefined): string {
  if (name === undefined) return logitsOf(graph, side)
  const logits = beforeSoftmax(graph, name)
  if (logits === undefined) return name
  throw pairError(
    `${side}: ${name} holds probabilities, which a Softmax made; soft labels are made of logits.`,
    `Name what the Softmax reads: ${logits}.`,
  )
}

function checkClasses(student: Value, teacher: Value): void {
  const [own = [], other = []] = [student.shape?.slice(1), teacher.shape?.slice(1)]
  if (`${own}` === `${other}`) return
  throw teacherError(
    own.at(-1) === other.at(-1)
      ? `The student's logits are [${own}] for each sample, classes last, the teacher's [${other}].`
      : `The teacher tells ${other.at(-1)} classes apart and the student ${own.at(-1)}: soft labels need the same classes.`,
    'Take a teacher of the same classes in the same order, or compare feature maps (distill.l2, distill.attention).',
  )
}
