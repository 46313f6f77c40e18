import { defineQuantizationRule } from '../rule.ts'

/** (0, 1): scale 1/256, as onnxruntime's kernels have it */
export const Softmax = defineQuantizationRule({
  op: 'Softmax',
  role: 'follows',
  data: ['input'],
  output: { low: 0, high: 255 / 256 },
})
