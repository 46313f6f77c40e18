import { defineQuantizationRule } from '../rule.ts'

/** Moves values. */
export const Squeeze = defineQuantizationRule({
  op: 'Squeeze',
  role: 'follows',
  data: ['data'],
  output: 'shared',
})
