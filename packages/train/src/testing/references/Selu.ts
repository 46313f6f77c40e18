import { defineElementwise } from './elementwise.ts'

export const Selu = defineElementwise(
  'Selu',
  'X',
  (x, attributes) => {
    const alpha = attributes.number('alpha', 1.6732631921768188)
    return attributes.number('gamma', 1.0507010221481323) * (x > 0 ? x : alpha * (Math.exp(x) - 1))
  },
  [{ alpha: 2, gamma: 0.5 }],
)
