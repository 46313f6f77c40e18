import { defineQuantizationRule } from '../rule.ts'

/** Its negative side shrinks, so it has a scale of its own. */
export const LeakyRelu = defineQuantizationRule({
  op: 'LeakyRelu',
  role: 'follows',
  data: ['X'],
  output: 'own',
})
