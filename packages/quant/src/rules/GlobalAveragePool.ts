import { defineQuantizationRule } from '../rule.ts'

/** An average spreads less than what it averages, so it has a scale of its own. */
export const GlobalAveragePool = defineQuantizationRule({
  op: 'GlobalAveragePool',
  role: 'follows',
  data: ['X'],
  output: 'own',
})
