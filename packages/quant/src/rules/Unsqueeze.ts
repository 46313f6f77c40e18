import { defineQuantizationRule } from '../rule.ts'

/** Moves values. */
export const Unsqueeze = defineQuantizationRule({
  op: 'Unsqueeze',
  role: 'follows',
  data: ['data'],
  output: 'shared',
})
