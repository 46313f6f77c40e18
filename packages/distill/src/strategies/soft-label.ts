import { defineStrategy, type Graph, upgradeOpset, type Value } from '@pare/core-graph'
import { losses } from '@pare/train'
import { z } from 'zod'
import { layoutOf } from '../align.ts'
import type { Comparison } from '../comparison.ts'
import { distillation, teacherOf } from '../distillation.ts'
import { beforeSoftmax, logitsOf } from '../logits.ts'
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
  align: ({ builder: b }, student, teacher) => {
    const scores = (value: Value) => (value.shape?.length === 4 ? b.Flatten(value) : value)
    const [own, other] = [student.map(scores), teacher.map(scores)]
    for (const [place, value] of own.entries()) checkClasses(value, other[place] ?? value)
    return { student: own, teacher: other }
  },
}

/**
 * L = −w·T²/N Σₙ Σₖ softmax(t/T′)ₙₖ·log softmax(s/T)ₙₖ, T′ = T by default (Hinton et al. 2015, "Distilling the Knowledge
 * in a Neural Network", section 2); without T² where `scaled` is off, as in PaddleSlim. s, t:[N,K] logits
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
  const [own, other] = [layoutOf(student), layoutOf(teacher)]
  if (own.kind === other.kind && `${own.size}` === `${other.size}` && own.channels === other.channels) return
  throw teacherError(
    own.channels === other.channels
      ? `The student's logits are [${student.shape?.slice(1)}] for each sample, the teacher's [${teacher.shape?.slice(1)}].`
      : `The teacher tells ${other.channels} classes apart and the student ${own.channels}: soft labels need the same classes.`,
    'Take a teacher of the same classes in the same order, or compare feature maps (distill.l2, distill.attention).',
  )
}
