import { defineGradient } from '../gradient.ts'

/** dA = dC·B; dB = dC·A */
export const Mul = defineGradient({
  op: 'Mul',
  trainable: ['A', 'B'],
  // The scale of attention, mostly.
  trainsSingles: false,
  backward: (b, { A, B, dC }) => ({ A: () => b.Mul(dC, B), B: () => b.Mul(dC, A) }),
})
