import type { GraphBuilder, Value } from '@pare/core-graph'
import type { Lowerer } from './lowerer.ts'
import type { Operand } from './lowering.ts'

/** r = 1/√(σ² + ε); [C] */
export const rateOf = (b: GraphBuilder, variance: Value, epsilon: number): Value =>
  b.Reciprocal(b.Sqrt(b.Add(variance, b.scalar(epsilon))))

/** X − μ in rows, μ:[C] of the given name: made for the variance, and kept for the gradients. */
export const centred = ({ b, shared }: Lowerer, X: Operand, name: string, mean: () => Value): Value =>
  shared(`centred:${X.name}:${name}`, () => b.Sub(X.rows(), b.Reshape(mean(), b.ints(-1, 1))))
