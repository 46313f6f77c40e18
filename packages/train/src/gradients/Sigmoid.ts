import { defineGradient } from '../gradient.ts'

/** dX = dY·Y·(1 − Y) */
export const Sigmoid = defineGradient({
  op: 'Sigmoid',
  backward: (b, { Y, dY }) => ({ X: () => b.Mul(dY, b.Mul(Y, b.Sub(b.scalar(1, Y.dataType), Y))) }),
})
