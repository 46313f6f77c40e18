import { defineQuantizationRule } from '../rule.ts'

/** max(x, 0): the pair after it begins at 0 and so cuts off the same values */
export const Relu = defineQuantizationRule({
  op: 'Relu',
  role: 'follows',
  data: ['X'],
  output: 'own',
  absorbed: () => true,
})
