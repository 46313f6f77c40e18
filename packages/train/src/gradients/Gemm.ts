import { defineGradient } from '../gradient.ts'

/**
 * Y = α·A′·B′ + β·C, A′ and B′ transposed where transA and transB say so:
 * dA′ = α·dY·B′ᵀ; dB′ = α·A′ᵀ·dY; dC = β·dY; A′:[m,k], B′:[k,n], Y:[m,n]
 */
export const Gemm = defineGradient({
  op: 'Gemm',
  trainable: ['B', 'C'],
  backward: (b, { A, B, dY }, { alpha, beta, transA, transB }) => ({
    A: () =>
      transA
        ? b.Gemm(B, dY, { alpha, transA: transB, transB: 1 })
        : b.Gemm(dY, B, { alpha, transA: 0, transB: transB ? 0 : 1 }),
    B: () =>
      transB
        ? b.Gemm(dY, A, { alpha, transA: 1, transB: transA })
        : b.Gemm(A, dY, { alpha, transA: transA ? 0 : 1, transB: 0 }),
    C: () => (beta === 1 ? dY : b.Mul(dY, b.scalar(beta, dY.dataType))),
  }),
})
