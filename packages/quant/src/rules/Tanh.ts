import { defineQuantizationRule } from '../rule.ts'

/** (−1, 1): scale 1/128 */
export const Tanh = defineQuantizationRule({
  op: 'Tanh',
  role: 'follows',
  data: ['input'],
  output: { low: -1, high: 127 / 128 },
})
