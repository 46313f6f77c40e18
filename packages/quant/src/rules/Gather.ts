import { defineQuantizationRule } from '../rule.ts'

/** Picks values. */
export const Gather = defineQuantizationRule({
  op: 'Gather',
  role: 'follows',
  data: ['data'],
  output: 'shared',
})
