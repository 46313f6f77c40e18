import { defineQuantizationRule } from '../rule.ts'

/** Moves values. */
export const Flatten = defineQuantizationRule({
  op: 'Flatten',
  role: 'follows',
  data: ['input'],
  output: 'shared',
})
