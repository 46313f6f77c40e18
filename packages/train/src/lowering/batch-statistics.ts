import type { GraphBuilder, Value } from '@pare/core-graph'
import type { Lowerer } from './lowerer.ts'
import type { Operand } from './lowering.ts'

/** [C] → [C, 1] */
export const columnOf = (b: GraphBuilder, vector: Value): Value => b.Reshape(vector, b.ints(-1, 1))

/** r = 1/√(σ² + ε); [C, 1] */
export const rateOf = (b: GraphBuilder, variance: Value, epsilon: number): Value =>
  b.Reciprocal(b.Sqrt(b.Add(variance, b.scalar(epsilon))))

/** X − μ in rows: made for the variance, and kept for the gradients. `mean` is [C, 1] and of the given name. */
export const centred = ({ b, shared }: Lowerer, X: Operand, name: string, mean: () => Value): Value =>
  shared(`centred:${X.name}:${name}`, () => b.Sub(X.rows(), mean()))
