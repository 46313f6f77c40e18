import { defineGradient } from '../gradient.ts'

/** d input = d output, summed where it was repeated. A token for each sample is trained as the one that is expanded. */
export const Expand = defineGradient({
  op: 'Expand',
  trainable: ['input'],
  backward: (_, { doutput }) => ({ input: () => doutput }),
})
