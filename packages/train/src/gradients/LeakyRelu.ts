import { defineGradient } from '../gradient.ts'

/** dX = dY where X > 0, α·dY elsewhere */
export const LeakyRelu = defineGradient({
  op: 'LeakyRelu',
  backward: (b, { X, dY }, { alpha }) => ({
    X: () => b.Where(b.Greater(X, b.scalar(0, X.dataType)), dY, b.Mul(dY, b.scalar(alpha, dY.dataType))),
  }),
})
