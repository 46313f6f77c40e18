import { defineGradient } from '../gradient.ts'

/** d input = d output · cos(input) */
export const Sin = defineGradient({
  op: 'Sin',
  backward: (b, { input, doutput }) => ({ input: () => b.Mul(doutput, b.Cos(input)) }),
})
