import { defineGradient } from '../gradient.ts'

/** dA = dC; dB = dC */
export const Add = defineGradient({
  op: 'Add',
  trainable: ['A', 'B'],
  backward: (_, { dC }) => ({ A: () => dC, B: () => dC }),
})
