import { defineGradient } from '../gradient.ts'

/** d input = d output · 2/√π · exp(−input²) */
export const Erf = defineGradient({
  op: 'Erf',
  backward: (b, { input, doutput }) => ({
    input: () => {
      const slope = b.Mul(b.Exp(b.Neg(b.Mul(input, input))), b.scalar(2 / Math.sqrt(Math.PI), input.dataType))
      return b.Mul(doutput, slope)
    },
  }),
})
