import { defineGradient } from '../gradient.ts'

/** dX = −dY */
export const Neg = defineGradient({ op: 'Neg', backward: (b, { dY }) => ({ X: () => b.Neg(dY) }) })
