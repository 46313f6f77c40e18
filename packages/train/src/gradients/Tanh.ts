import { defineGradient } from '../gradient.ts'

/** d input = d output · (1 − output²) */
export const Tanh = defineGradient({
  op: 'Tanh',
  backward: (b, { output, doutput }) => ({
    input: () => b.Mul(doutput, b.Sub(b.scalar(1, output.dataType), b.Mul(output, output))),
  }),
})
