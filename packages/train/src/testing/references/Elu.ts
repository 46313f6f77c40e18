import { defineElementwise } from './elementwise.ts'

export const Elu = defineElementwise(
  'Elu',
  'X',
  (x, attributes) => (x > 0 ? x : attributes.number('alpha', 1) * (Math.exp(x) - 1)),
  [{ alpha: 0.5 }],
)
