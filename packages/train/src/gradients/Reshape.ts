import { defineGradient } from '../gradient.ts'
import { shapeOf } from '../shapes.ts'

/** d data = d reshaped, in the shape of data */
export const Reshape = defineGradient({
  op: 'Reshape',
  backward: (b, { data, dreshaped }) => ({ data: () => b.Reshape(dreshaped, shapeOf(b, data)) }),
})
