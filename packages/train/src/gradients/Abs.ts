import { defineGradient } from '../gradient.ts'

/** dX = dY·sign(X); 0 at 0 */
export const Abs = defineGradient({ op: 'Abs', backward: (b, { X, dY }) => ({ X: () => b.Mul(dY, b.Sign(X)) }) })
