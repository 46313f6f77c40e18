import { defineGradient } from '../gradient.ts'

/** d input = d output / input */
export const Log = defineGradient({
  op: 'Log',
  backward: (b, { input, doutput }) => ({ input: () => b.Div(doutput, input) }),
})
