import { erf } from '../erf.ts'
import { defineElementwise } from './elementwise.ts'

export const Gelu = defineElementwise(
  'Gelu',
  'X',
  (x, attributes) =>
    attributes.text('approximate') === 'tanh'
      ? (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : (x / 2) * (1 + erf(x / Math.SQRT2)),
  [{ approximate: 'tanh' }],
)
