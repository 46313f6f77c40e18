import { defineGradient } from '../gradient.ts'

/** dX = dY where X > 0, slope·dY elsewhere; dslope = dY·min(X, 0) (He et al. 2015). X, Y:[*s], slope broadcast to it */
export const PRelu = defineGradient({
  op: 'PRelu',
  trainable: ['slope'],
  backward: (b, { X, slope, dY }) => ({
    X: () => b.Where(b.Greater(X, b.scalar(0, X.dataType)), dY, b.Mul(dY, slope)),
    slope: () => b.Mul(dY, b.Min([X, b.scalar(0, X.dataType)])),
  }),
})
