import { defineElementwise } from './elementwise.ts'

export const Celu = defineElementwise(
  'Celu',
  'X',
  (x, attributes) => {
    const alpha = attributes.number('alpha', 1)
    return Math.max(0, x) + Math.min(0, alpha * (Math.exp(x / alpha) - 1))
  },
  [{ alpha: 2 }],
)
