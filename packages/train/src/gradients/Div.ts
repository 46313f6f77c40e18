import { defineGradient } from '../gradient.ts'

/** dA = dC / B; dB = −dC·C / B */
export const Div = defineGradient({
  op: 'Div',
  backward: (b, { B, C, dC }) => ({ A: () => b.Div(dC, B), B: () => b.Neg(b.Div(b.Mul(dC, C), B)) }),
})
