import { defineGradient } from '../gradient.ts'

/** dX = γ·dY where X > 0, dY·(Y + γα) elsewhere, where Y = γα(eˣ − 1) (Klambauer et al. 2017) */
export const Selu = defineGradient({
  op: 'Selu',
  backward: (b, { X, Y, dY }, { alpha, gamma }) => ({
    X: () => {
      const [above, below] = [b.scalar(gamma, Y.dataType), b.Add(Y, b.scalar(gamma * alpha, Y.dataType))]
      return b.Mul(dY, b.Where(b.Greater(X, b.scalar(0, X.dataType)), above, below))
    },
  }),
})
