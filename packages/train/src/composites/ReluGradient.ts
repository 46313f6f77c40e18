import { maskOf } from '../gradients/mask.ts'
import { defineComposite } from './composite.ts'

/** dX = dY·[Y > 0]; all of one shape */
export const ReluGradient = defineComposite({
  op: 'ReluGradient',
  inputs: ['Y', 'dY'],
  outputs: ['dX'],
  attributes: {},
  types: ({ dY: { dataType, shape } }) => ({ dX: { dataType, shape } }),
  expand: (b, { Y, dY }) => ({ dX: () => b.Mul(dY, maskOf(b, b.Greater(Y, b.scalar(0, Y.dataType)), dY)) }),
})
