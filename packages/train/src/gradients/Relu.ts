import { defineGradient } from '../gradient.ts'
import { maskOf } from './mask.ts'

/** dX = dY·[Y > 0] */
export const Relu = defineGradient({
  op: 'Relu',
  backward: (b, { Y, dY }) => ({ X: () => b.Mul(dY, maskOf(b, b.Greater(Y, b.scalar(0, Y.dataType)), dY)) }),
})
