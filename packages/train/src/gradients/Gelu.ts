import type { GraphBuilder, Value } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'

/**
 * Y = X·Φ(X), Φ the normal distribution and φ its density (Hendrycks and Gimpel 2016):
 * dX = dY·(Φ(X) + X·φ(X));
 * by tanh, with t = tanh(u), u = √(2/π)·(X + 0.044715·X³), u′ = √(2/π)·(1 + 3·0.044715·X²):
 * dX = dY·½·(1 + t + X·(1 − t²)·u′). All [*s]
 */
export const Gelu = defineGradient({
  op: 'Gelu',
  backward: (b, { X, dY }, { approximate }) => ({
    X: () => b.Mul(dY, approximate === 'tanh' ? slopeByTanh(b, X) : slope(b, X)),
  }),
})

function slope(b: GraphBuilder, X: Value): Value {
  const number = (value: number) => b.scalar(value, X.dataType)
  const distribution = b.Mul(b.Add(b.Erf(b.Mul(X, number(Math.SQRT1_2))), number(1)), number(0.5))
  const density = b.Mul(b.Exp(b.Mul(b.Mul(X, X), number(-0.5))), number(1 / Math.sqrt(2 * Math.PI)))
  return b.Add(distribution, b.Mul(X, density))
}

function slopeByTanh(b: GraphBuilder, X: Value): Value {
  const number = (value: number) => b.scalar(value, X.dataType)
  const [one, factor] = [number(1), number(Math.sqrt(2 / Math.PI))]
  const square = b.Mul(X, X)
  const t = b.Tanh(b.Mul(b.Mul(X, factor), b.Add(b.Mul(square, number(0.044715)), one)))
  const inner = b.Mul(b.Add(b.Mul(square, number(3 * 0.044715)), one), factor)
  const rest = b.Mul(b.Mul(X, b.Sub(one, b.Mul(t, t))), inner)
  return b.Mul(b.Add(b.Add(t, one), rest), number(0.5))
}
