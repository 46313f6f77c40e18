import { defineGradient } from '../gradient.ts'
import { shapeOf } from '../shapes.ts'

/** d data = d expanded, in the shape of data */
export const Unsqueeze = defineGradient({
  op: 'Unsqueeze',
  backward: (b, { data, dexpanded }) => ({ data: () => b.Reshape(dexpanded, shapeOf(b, data)) }),
})
