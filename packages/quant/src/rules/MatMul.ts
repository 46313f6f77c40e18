import { defineQuantizationRule } from '../rule.ts'

/** B:[K, N], a scale for each column; batched constants have one scale, and a B that is computed is data like A */
export const MatMul = defineQuantizationRule({
  op: 'MatMul',
  role: 'computes',
  data: ['A'],
  weight: { input: 'B', axis: ({ constant }) => (constant('B')?.dims.length === 2 ? 1 : undefined), dynamic: true },
  output: 'own',
  floatOutput: true,
})
