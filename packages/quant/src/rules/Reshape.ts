import { defineQuantizationRule } from '../rule.ts'

/** Moves values. */
export const Reshape = defineQuantizationRule({
  op: 'Reshape',
  role: 'follows',
  data: ['data'],
  output: 'shared',
})
