import type { GraphBuilder, Value } from '@pare/core-graph'
import { maskOf } from './mask.ts'

/** The gradient to one of the inputs of Min or Max: where it is the result, and none before it is. */
export function extremumGradient(
  b: GraphBuilder,
  inputs: readonly Value[],
  result: Value,
  gradient: Value,
  index: number,
): Value {
  const isResult = inputs.slice(0, index + 1).map(input => b.Equal(input, result))
  const isFirst = isResult.reduceRight((own, before) => b.And(own, b.Not(before)))
  return b.Mul(gradient, maskOf(b, isFirst, gradient))
}
