import { defineGradient } from '../gradient.ts'
import { maskOf } from './mask.ts'

/** dX = dY·[X > α] */
export const ThresholdedRelu = defineGradient({
  op: 'ThresholdedRelu',
  backward: (b, { X, dY }, { alpha }) => ({
    X: () => b.Mul(dY, maskOf(b, b.Greater(X, b.scalar(alpha, X.dataType)), dY)),
  }),
})
