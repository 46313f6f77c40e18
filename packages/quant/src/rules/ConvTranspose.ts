import { defineQuantizationRule } from '../rule.ts'

/** W:[C, O/group, *k], a scale for each output channel where there is one group; with more, axis 1 repeats in each group */
export const ConvTranspose = defineQuantizationRule({
  op: 'ConvTranspose',
  role: 'computes',
  data: ['X'],
  weight: { input: 'W', axis: ({ attributes }) => (attributes.group === 1 ? 1 : undefined), dynamic: false },
  bias: 'B',
  output: 'own',
})
