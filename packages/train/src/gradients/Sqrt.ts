import { defineGradient } from '../gradient.ts'

/** dX = dY / (2·Y) */
export const Sqrt = defineGradient({
  op: 'Sqrt',
  backward: (b, { Y, dY }) => ({ X: () => b.Div(b.Mul(dY, b.scalar(0.5, Y.dataType)), Y) }),
})
