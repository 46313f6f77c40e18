import { defineElementwise } from './elementwise.ts'

export const LeakyRelu = defineElementwise(
  'LeakyRelu',
  'X',
  (x, attributes) => (x >= 0 ? x : attributes.number('alpha', 0.01) * x),
  [{ alpha: 0.25 }],
)
