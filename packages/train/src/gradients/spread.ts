import { type GraphBuilder, ModelError, tensorNumbers, type Value } from '@pare/core-graph'
import { dimensionsOf, positiveAxes, shapeOf } from '../shapes.ts'

/** The attributes that the Reduce operators share. */
export interface ReduceAttributes {
  readonly keepdims: number
  readonly noop_with_empty_axes: number
}

/** The axes that a Reduce node reduces. @throws ModelError `MODEL_GRADIENT` when they are computed by the graph */
export function reducedAxes(data: Value, axes: Value | undefined, attributes: ReduceAttributes): readonly number[] {
  const rank = dimensionsOf(data).length
  if (axes && !axes.constant)
    throw new ModelError({
      code: 'MODEL_GRADIENT',
      message: `The axes ${axes.name} of a reduction are not constant, so that it has no gradient.`,
      hint: 'Fold the constants of the model first.',
    })
  const listed = axes?.constant ? tensorNumbers(axes.constant) : []
  if (listed.length > 0) return positiveAxes(listed, rank)
  return attributes.noop_with_empty_axes ? [] : Array.from({ length: rank }, (_, axis) => axis)
}

/** Repeats the gradient of a reduction along the axes that were reduced. */
export function spread(
  b: GraphBuilder,
  gradient: Value,
  data: Value,
  axes: Value | undefined,
  attributes: ReduceAttributes,
): Value {
  const reduced = reducedAxes(data, axes, attributes)
  if (reduced.length === 0) return gradient
  const kept = attributes.keepdims ? gradient : b.Unsqueeze(gradient, b.ints(...reduced))
  return b.Expand(kept, shapeOf(b, data))
}
