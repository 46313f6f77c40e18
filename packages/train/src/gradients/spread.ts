import type { GraphBuilder, Value } from '@pare/core-graph'
import { dimensionsOf, numbersOf, positiveAxes, shapeOf } from '../shapes.ts'
import { maskOf } from './mask.ts'

/** The attributes that the Reduce operators share. */
export interface ReduceAttributes {
  readonly keepdims: number
  readonly noop_with_empty_axes: number
}

/** The axes that a Reduce node reduces. @throws ModelError `MODEL_GRADIENT` when they are computed by the graph */
export function reducedAxes(data: Value, axes: Value | undefined, attributes: ReduceAttributes): readonly number[] {
  const rank = dimensionsOf(data).length
  const listed = axes ? numbersOf(axes) : []
  if (listed.length > 0) return positiveAxes(listed, rank)
  return attributes.noop_with_empty_axes ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

/** The result of a reduction, or its gradient, with the axes that were reduced at size 1. */
export function kept(
  b: GraphBuilder,
  reduced: Value,
  data: Value,
  axes: Value | undefined,
  attributes: ReduceAttributes,
): Value {
  const places = reducedAxes(data, axes, attributes)
  return attributes.keepdims || places.length === 0 ? reduced : b.Unsqueeze(reduced, b.ints(...places))
}

/** Repeats the gradient of a reduction along the axes that were reduced. */
export function spread(
  b: GraphBuilder,
  gradient: Value,
  data: Value,
  axes: Value | undefined,
  attributes: ReduceAttributes,
): Value {
  if (reducedAxes(data, axes, attributes).length === 0) return gradient
  return b.Expand(kept(b, gradient, data, axes, attributes), shapeOf(b, data))
}

/** The gradient of an extreme: to the elements that equal it, in equal shares. `extreme` and `gradient` with size 1. */
export function shared(b: GraphBuilder, data: Value, extreme: Value, gradient: Value, axes: readonly number[]): Value {
  const mask = maskOf(b, b.Equal(data, extreme), gradient)
  if (axes.length === 0) return b.Mul(gradient, mask)
  return b.Mul(mask, b.Div(gradient, b.ReduceSum(mask, b.ints(...axes), { keepdims: 1 })))
}
