import { addComposite } from '../composites/composite.ts'
import { ReluGradient } from '../composites/ReluGradient.ts'
import { defineGradient } from '../gradient.ts'

/** dX = dY·[Y > 0] */
export const Relu = defineGradient({
  op: 'Relu',
  backward: (b, { Y, dY }) => ({ X: () => addComposite(b, ReluGradient, { Y, dY }, {}).dX }),
})
