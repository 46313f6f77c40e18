import { defineElementwise } from './elementwise.ts'

export const ThresholdedRelu = defineElementwise(
  'ThresholdedRelu',
  'X',
  (x, attributes) => (x > attributes.number('alpha', 1) ? x : 0),
  [{ alpha: 0.5 }],
)
