import { defineGradient } from '../gradient.ts'

/** dX = dY·(t + X·(1 − t²)·σ(X)), t = tanh(ln(1 + eˣ)) (Misra 2019) */
export const Mish = defineGradient({
  op: 'Mish',
  backward: (b, { X, dY }) => ({
    X: () => {
      const t = b.Tanh(b.Softplus(X))
      const bend = b.Mul(b.Sub(b.scalar(1, X.dataType), b.Mul(t, t)), b.Sigmoid(X))
      return b.Mul(dY, b.Add(t, b.Mul(X, bend)))
    },
  }),
})
