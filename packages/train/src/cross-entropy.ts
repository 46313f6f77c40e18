import { dataTypeCode, type GraphBuilder, type Value } from '@pare/core-graph'
import { sizesOf } from './shapes.ts'

/**
 * L = −1/N Σₙ Σₖ tₙₖ·log softmax(logits)ₙₖ with t = 1 − ε + ε/K for the right class, ε/K for each other
 * (label smoothing ε: Szegedy et al. 2016, "Rethinking the Inception Architecture", section 7).
 * logits:[N,K], labels:[N] integers → []
 */
export function crossEntropy(b: GraphBuilder, logits: Value, labels: Value, smoothing: number): Value {
  const [, classes = 0] = sizesOf(logits)
  const off = smoothing / classes
  const values = b.constant(logits.dataType, [2], [off, 1 - smoothing + off])
  const targets = b.OneHot(b.Cast(labels, { to: dataTypeCode('int64') }), b.constant('int64', [], [classes]), values)
  const products = b.ReduceSum(b.Mul(b.LogSoftmax(logits, { axis: -1 }), targets), b.ints(1), { keepdims: 0 })
  return b.Neg(b.ReduceMean(products, b.ints(0), { keepdims: 0 }))
}
