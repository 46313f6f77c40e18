import { defineGradient } from '../gradient.ts'

/** dX = −dY·Y² */
export const Reciprocal = defineGradient({
  op: 'Reciprocal',
  backward: (b, { Y, dY }) => ({ X: () => b.Neg(b.Mul(dY, b.Mul(Y, Y))) }),
})
