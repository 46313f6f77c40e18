import { defineQuantizationRule } from '../rule.ts'

/** Sums two tensors, each with its own scale. */
export const Add = defineQuantizationRule({
  op: 'Add',
  role: 'follows',
  data: ['A', 'B'],
  output: 'own',
})
