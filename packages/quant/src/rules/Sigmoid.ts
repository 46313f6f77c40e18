import { defineQuantizationRule } from '../rule.ts'

/** (0, 1): scale 1/256, as onnxruntime's kernels have it */
export const Sigmoid = defineQuantizationRule({
  op: 'Sigmoid',
  role: 'follows',
  data: ['X'],
  output: { low: 0, high: 255 / 256 },
})
