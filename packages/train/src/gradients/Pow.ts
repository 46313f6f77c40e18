import type { GraphBuilder, Value } from '@pare/core-graph'
import { tensorNumbers } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { castLike } from './mask.ts'

/** Z = Xʸ: dX = dZ·Y·Xʸ⁻¹, 0 where Y = 0; dY = dZ·Z·ln X where X > 0, 0 elsewhere */
export const Pow = defineGradient({
  op: 'Pow',
  backward: (b, { X, Y, Z, dZ }) => ({
    X: () => b.Mul(dZ, slope(b, X, Y)),
    Y: () => {
      const zero = b.scalar(0, X.dataType)
      return b.Mul(dZ, b.Where(b.Greater(X, zero), b.Mul(Z, b.Log(X)), zero))
    },
  }),
})

function slope(b: GraphBuilder, X: Value, Y: Value): Value {
  const exponents = Y.constant && tensorNumbers(Y.constant)
  if (exponents?.every(exponent => exponent === 2)) return b.Mul(X, b.scalar(2, X.dataType))
  const made = b.Mul(b.Pow(X, b.Sub(Y, b.constant(Y.dataType, [], [1]))), castLike(b, Y, X))
  if (exponents?.every(exponent => exponent !== 0)) return made
  return b.Where(b.Equal(Y, b.constant(Y.dataType, [], [0])), b.scalar(0, X.dataType), made)
}
