import { elementCount } from '@pare/core-graph'
import { defineQuantizationRule } from '../rule.ts'

/**
 * Y = alpha·A′·B′ + beta·C; B:[K, N], or [N, K] with transB: a scale for each output N.
 * onnxruntime 1.30 makes a QGemm of it only where the zero point of B is written, unlike all its other kernels.
 */
export const Gemm = defineQuantizationRule({
  op: 'Gemm',
  role: 'computes',
  data: ['A'],
  weight: { input: 'B', axis: ({ attributes }) => (attributes.transB === 0 ? 1 : 0), dynamic: false, zeroPoint: true },
  bias: 'C',
  output: 'own',
  floatOutput: true,
  refuse: ({ attributes: { alpha, beta, transB }, constant }) => {
    if (alpha !== 1 || beta !== 1) return `its alpha and beta are ${alpha} and ${beta}; int8 kernels have 1`
    const C = constant('C')
    const outputs = constant('B')?.dims[transB === 0 ? 1 : 0]
    const isVector = C?.dims.at(-1) === outputs && elementCount(C?.dims ?? []) === outputs
    return C && !isVector ? `its C of shape [${C.dims}] is not one number for each of ${outputs} outputs` : undefined
  },
})
