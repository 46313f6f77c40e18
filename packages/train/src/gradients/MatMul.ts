import { defineGradient } from '../gradient.ts'
import { swapAxes } from '../shapes.ts'
import { matrix } from './matrix.ts'

/** dA = dY·Bᵀ; dB = Aᵀ·dY; A:[*s,m,k], B:[*t,k,n], Y:[*u,m,n], at least two axes each */
export const MatMul = defineGradient({
  op: 'MatMul',
  trainable: ['A', 'B'],
  backward: (b, { A, B, dY }) => ({
    A: () => b.MatMul(dY, swapAxes(b, B, ...matrix(B))),
    B: () => b.MatMul(swapAxes(b, A, ...matrix(A)), dY),
  }),
})
