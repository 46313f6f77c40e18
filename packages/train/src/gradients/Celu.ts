import { defineGradient } from '../gradient.ts'

/** dX = dY where X > 0, dY·(Y/α + 1) elsewhere, where Y = α(e^(X/α) − 1) */
export const Celu = defineGradient({
  op: 'Celu',
  backward: (b, { X, Y, dY }, { alpha }) => ({
    X: () => {
      const [one, divisor] = [b.scalar(1, Y.dataType), b.scalar(alpha, Y.dataType)]
      return b.Where(b.Greater(X, b.scalar(0, X.dataType)), dY, b.Mul(dY, b.Add(b.Div(Y, divisor), one)))
    },
  }),
})
