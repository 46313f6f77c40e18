import { defineGradient } from '../gradient.ts'
import { shapeOf } from '../shapes.ts'

/** d data = d squeezed, in the shape of data */
export const Squeeze = defineGradient({
  op: 'Squeeze',
  backward: (b, { data, dsqueezed }) => ({ data: () => b.Reshape(dsqueezed, shapeOf(b, data)) }),
})
