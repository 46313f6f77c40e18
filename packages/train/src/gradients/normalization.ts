import { type GraphBuilder, once, type Value } from '@pare/core-graph'
import { dimensionsOf, sizesOf } from '../shapes.ts'
import { castLike } from './mask.ts'

/** X̂ and its gradient's way back to X. */
export interface Normalization {
  /** X̂ = (X − μ)·r, r = 1/√(σ² + ε), with the statistics of the axes from one on. */
  readonly normalized: () => Value
  /** dX of dX̂: r·(dX̂ − mean dX̂ − X̂·mean(dX̂·X̂)), means over the same axes. */
  readonly passBack: (gradient: Value) => Value
}

/**
 * What all normalizations by a sample's own statistics share (Ba et al. 2016, "Layer Normalization"; Wu and He 2018,
 * "Group Normalization", (1) and (2)).
 * @param axis the first of the axes that are normalized together, counted from the front
 */
export function normalization(b: GraphBuilder, X: Value, axis: number, epsilon: number): Normalization {
  const axes = dimensionsOf(X).flatMap((_, place) => (place >= axis ? [place] : []))
  const mean = (value: Value) => b.ReduceMean(value, b.ints(...axes), { keepdims: 1 })
  const made = once(() => {
    const ones = b.Expand(b.scalar(1, X.dataType), b.ints(...sizesOf({ ...X, shape: X.shape?.slice(axis) })))
    const [normalized = X, , rate = X] = b.node('LayerNormalization', [X, ones], { axis, epsilon }, { outputCount: 3 })
    return { normalized, rate: castLike(b, rate, X) }
  })
  return {
    normalized: () => made().normalized,
    passBack: gradient => {
      const { normalized, rate } = made()
      const along = b.Mul(normalized, mean(b.Mul(gradient, normalized)))
      return b.Mul(b.Sub(b.Sub(gradient, mean(gradient)), along), rate)
    },
  }
}
