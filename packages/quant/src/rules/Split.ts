import { defineQuantizationRule } from '../rule.ts'

/** Picks values. */
export const Split = defineQuantizationRule({
  op: 'Split',
  role: 'follows',
  data: ['input'],
  output: 'shared',
})
