import { defineQuantizationRule } from '../rule.ts'

/** Adds copies of values, or of a constant, which is held by the same scale. */
export const Pad = defineQuantizationRule({
  op: 'Pad',
  role: 'follows',
  data: ['data', 'constant_value'],
  output: 'shared',
})
