import type { GraphBuilder, Value } from '@pare/core-graph'
import { dimensionsOf, swapAxes } from '../shapes.ts'

/**
 * Puts what stands along an axis at other places of a longer one, zeros between.
 * @param size of the longer axis
 * @param places where each goes, all different, going up or down
 */
export function stretched(b: GraphBuilder, value: Value, axis: number, size: number, places: readonly number[]): Value {
  const [first = 0, last = first] = [places[0], places.at(-1)]
  const isDense = last - first + 1 === places.length
  if (isDense && places.length === size) return value
  // A row of zeros at the end stands for all places that nothing goes to.
  const [begin, end] = isDense ? [first, size - 1 - last] : [0, 1]
  const padded = b.Pad(value, b.ints(...padsAlong(dimensionsOf(value).length, [axis], [begin, end])))
  if (isDense) return padded
  const sources = Array<number>(size).fill(places.length)
  for (const [source, place] of places.entries()) sources[place] = source
  return b.Gather(padded, b.ints(...sources), { axis })
}

/**
 * Pads of all axes, begins and then ends, of which only some are given: onnxruntime's transpose optimizer takes those of
 * a Pad with axes for those of all.
 */
export function padsAlong(rank: number, axes: readonly number[], given: readonly number[]): readonly number[] {
  const pads = Array<number>(2 * rank).fill(0)
  for (const [place, axis] of axes.entries()) {
    const own = axis < 0 ? axis + rank : axis
    pads[own] = given[place] ?? 0
    pads[own + rank] = given[place + axes.length] ?? 0
  }
  return pads
}

/** Multiplies with a constant matrix `[size, other]` along an axis, whose size becomes the other one. */
export function mixed(b: GraphBuilder, value: Value, axis: number, matrix: readonly (readonly number[])[]): Value {
  const last = dimensionsOf(value).length - 1
  const weights = b.constant(value.dataType, [matrix.length, matrix[0]?.length ?? 0], matrix.flat())
  const turned = axis === last ? value : swapAxes(b, value, axis, last)
  const made = b.MatMul(turned, weights)
  return axis === last ? made : swapAxes(b, made, axis, last)
}
