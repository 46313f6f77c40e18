import { defineQuantizationRule } from '../rule.ts'

/** Moves values. */
export const Transpose = defineQuantizationRule({
  op: 'Transpose',
  role: 'follows',
  data: ['data'],
  output: 'shared',
})
