import { defineQuantizationRule } from '../rule.ts'

/** One scale for all inputs and the output, so that joining them copies bytes */
export const Concat = defineQuantizationRule({
  op: 'Concat',
  role: 'follows',
  data: ['inputs'],
  output: 'shared',
})
