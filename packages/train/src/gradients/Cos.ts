import { defineGradient } from '../gradient.ts'

/** d input = −d output · sin(input) */
export const Cos = defineGradient({
  op: 'Cos',
  backward: (b, { input, doutput }) => ({ input: () => b.Neg(b.Mul(doutput, b.Sin(input))) }),
})
