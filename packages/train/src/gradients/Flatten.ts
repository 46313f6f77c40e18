import { defineGradient } from '../gradient.ts'
import { shapeOf } from '../shapes.ts'

/** d input = d output, in the shape of input */
export const Flatten = defineGradient({
  op: 'Flatten',
  backward: (b, { input, doutput }) => ({ input: () => b.Reshape(doutput, shapeOf(b, input)) }),
})
