import { defineQuantizationRule } from '../rule.ts'

/** Multiplies two tensors, each with its own scale. */
export const Mul = defineQuantizationRule({
  op: 'Mul',
  role: 'follows',
  data: ['A', 'B'],
  output: 'own',
})
