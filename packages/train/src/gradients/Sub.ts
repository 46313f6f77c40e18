import { defineGradient } from '../gradient.ts'

/** dA = dC; dB = −dC */
export const Sub = defineGradient({
  op: 'Sub',
  backward: (b, { dC }) => ({ A: () => dC, B: () => b.Neg(dC) }),
})
