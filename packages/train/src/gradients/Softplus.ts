import { defineGradient } from '../gradient.ts'

/** dX = dY·σ(X) */
export const Softplus = defineGradient({
  op: 'Softplus',
  backward: (b, { X, dY }) => ({ X: () => b.Mul(dY, b.Sigmoid(X)) }),
})
