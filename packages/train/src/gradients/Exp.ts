import { defineGradient } from '../gradient.ts'

/** d input = d output · output */
export const Exp = defineGradient({
  op: 'Exp',
  backward: (b, { output, doutput }) => ({ input: () => b.Mul(doutput, output) }),
})
