import { z } from 'zod'
import { checkSameShape, defineLoss } from '../loss.ts'

/**
 * L = −T²/N Σₙ Σₖ softmax(teacher/T)ₙₖ·log softmax(student/T)ₙₖ (Hinton et al. 2015, "Distilling the Knowledge in a
 * Neural Network", section 2): T² makes gradients independent of T. PaddleSlim has no such factor, and a temperature of
 * the teacher's own. student, teacher:[N,K] logits → []
 */
export const softCrossEntropy = defineLoss({
  id: 'soft-cross-entropy',
  description: "How unlikely the model finds a teacher's softened classes",
  inputs: { student: 'output', teacher: 'named' },
  logits: ['student', 'teacher'],
  options: {
    temperature: z.number().positive().default(4).describe('Logits are divided by it: the higher, the softer'),
    teacherTemperature: z.number().positive().optional().describe("The teacher's own. Default: `temperature`"),
    scaled: z.boolean().default(true).describe('Multiply by the square of `temperature`'),
  },
  build: (ops, { student, teacher }, { temperature, teacherTemperature = temperature, scaled }) => {
    checkSameShape(student, teacher)
    const targets = ops.softmax(ops.div(teacher, teacherTemperature))
    const products = ops.mul(ops.logSoftmax(ops.div(student, temperature)), targets)
    return ops.mul(ops.mean(ops.sum(products, [-1])), scaled ? -(temperature ** 2) : -1)
  },
})
