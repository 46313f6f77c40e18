import { defineQuantizationRule } from '../rule.ts'

/** x · clip(x / 6 + 1 / 2, 0, 1) */
export const HardSwish = defineQuantizationRule({
  op: 'HardSwish',
  role: 'follows',
  data: ['X'],
  output: 'own',
})
