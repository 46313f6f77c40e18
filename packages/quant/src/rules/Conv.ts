import { defineQuantizationRule } from '../rule.ts'

/** W:[O, C/group, *k], a scale for each output channel O; regular, grouped and depthwise */
export const Conv = defineQuantizationRule({
  op: 'Conv',
  role: 'computes',
  data: ['X'],
  weight: { input: 'W', axis: () => 0, dynamic: false },
  bias: 'B',
  output: 'own',
})
