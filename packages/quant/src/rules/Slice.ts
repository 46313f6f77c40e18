import { defineQuantizationRule } from '../rule.ts'

/** Picks values. */
export const Slice = defineQuantizationRule({
  op: 'Slice',
  role: 'follows',
  data: ['data'],
  output: 'shared',
})
