import { defineGradient } from '../gradient.ts'

/** dX = dY where X > 0, dY·(Y + α) elsewhere, where Y = α(eˣ − 1) */
export const Elu = defineGradient({
  op: 'Elu',
  backward: (b, { X, Y, dY }, { alpha }) => ({
    X: () => b.Where(b.Greater(X, b.scalar(0, X.dataType)), dY, b.Mul(dY, b.Add(Y, b.scalar(alpha, Y.dataType)))),
  }),
})
