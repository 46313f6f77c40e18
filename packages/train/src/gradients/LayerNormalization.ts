import { defineGradient } from '../gradient.ts'
import { dimensionsOf } from '../shapes.ts'
import { normalization } from './normalization.ts'

/**
 * Y = X̂·Scale + B, X̂ normalized over the axes from `axis` on:
 * dX of dX̂ = dY·Scale (`normalization`); dScale = Σ dY·X̂; dB = Σ dY. X, Y:[*s,*t], Scale, B broadcast to it, mostly [*t]
 */
export const LayerNormalization = defineGradient({
  op: 'LayerNormalization',
  trainable: ['Scale', 'B'],
  backward: (b, { X, Scale, dY }, { axis, epsilon }) => {
    const { length: rank } = dimensionsOf(X)
    const { normalized, passBack } = normalization(b, X, axis < 0 ? axis + rank : axis, epsilon)
    return {
      X: () => passBack(b.Mul(dY, Scale)),
      Scale: () => b.Mul(dY, normalized()),
      B: () => dY,
    }
  },
})
