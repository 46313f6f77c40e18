import { type Dimension, type GraphBuilder, isKnown, ModelError, tensorNumbers, type Value } from '@pare/core-graph'

/** A value's dimensions. @throws ModelError `MODEL_GRADIENT` when not even its rank is known */
export function dimensionsOf({ name, shape }: Value): readonly Dimension[] {
  if (shape) return shape
  throw new ModelError({
    code: 'MODEL_GRADIENT',
    message: `The shape of ${name} is not known, so that no gradient can be made for it.`,
    hint: 'Give the shapes of the inputs of the model.',
  })
}

/** A value's shape, all numbers. @throws ModelError `MODEL_GRADIENT` when it is not known */
export function sizesOf(value: Value): readonly number[] {
  const dimensions = dimensionsOf(value)
  if (isKnown(dimensions)) return dimensions
  throw new ModelError({
    code: 'MODEL_GRADIENT',
    message: `The shape [${dimensions.join(', ')}] of ${value.name} must be all numbers for this gradient.`,
    hint: 'Give the model a fixed batch size and input size.',
  })
}

/** A value's sizes along some axes. @throws ModelError `MODEL_GRADIENT` when they are not known */
export function sizesAlong(value: Value, axes: readonly number[]): readonly number[] {
  const dimensions = dimensionsOf(value)
  return sizesOf({ ...value, shape: axes.map(axis => dimensions.at(axis) ?? null) })
}

/** The elements of a value that is constant. @throws ModelError `MODEL_GRADIENT` when the graph computes it */
export function numbersOf({ name, constant, elements }: Value): readonly number[] {
  if (constant) return tensorNumbers(constant)
  if (isKnown(elements)) return elements
  throw new ModelError({
    code: 'MODEL_GRADIENT',
    message: `${name} is computed by the graph; a gradient that depends on it takes a constant.`,
    hint: 'Fold the constants of the model first, with all input shapes known.',
  })
}

/** The shape as an int64 tensor: a constant where it is known. */
export const shapeOf = (b: GraphBuilder, value: Value): Value =>
  isKnown(value.shape) ? b.ints(...value.shape) : b.Shape(value)

/** Axes counted from the front, ascending. */
export const positiveAxes = (axes: readonly number[], rank: number): number[] =>
  axes.map(axis => (axis < 0 ? axis + rank : axis)).sort((first, second) => first - second)

/** Sums a gradient over the axes along which the value was broadcast. */
export function sumTo(b: GraphBuilder, gradient: Value, value: Value): Value {
  const from = dimensionsOf(gradient)
  const to = dimensionsOf(value)
  const added = from.length - to.length
  const axes = from.flatMap((dimension, axis) =>
    axis < added || (to[axis - added] === 1 && dimension !== 1) ? [axis] : [],
  )
  if (axes.length === 0) return gradient
  const summed = b.ReduceSum(gradient, b.ints(...axes), { keepdims: 1 })
  return added === 0 ? summed : b.Reshape(summed, shapeOf(b, value))
}

/** Swaps two axes. */
export function swapAxes(b: GraphBuilder, value: Value, first: number, second: number): Value {
  const perm = dimensionsOf(value).map((_, axis) => (axis === first ? second : axis === second ? first : axis))
  return b.Transpose(value, { perm })
}
