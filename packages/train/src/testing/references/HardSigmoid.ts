import { defineElementwise } from './elementwise.ts'

export const HardSigmoid = defineElementwise(
  'HardSigmoid',
  'X',
  (x, attributes) => Math.max(0, Math.min(1, attributes.number('alpha', 0.2) * x + attributes.number('beta', 0.5))),
  [{ alpha: 0.5, beta: 0.25 }],
)
