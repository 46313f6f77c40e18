import { ModelError } from '../errors.ts'
import type { Dimension, Node, Shape } from '../graph.ts'

/**
 * An axis counted from the front; negative ones count from the back (ONNX, of all operators with axes).
 * @throws ModelError `MODEL_SHAPE` when the rank has no such axis
 */
export function axisOf(axis: number, rank: number, node: Node): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  throw shapeError(node, `has no axis ${axis} in a tensor of rank ${rank}`)
}

/** The axes that a constant input names; undefined while they are not known. */
export function axesOf(elements: readonly Dimension[] | undefined, rank: number, node: Node): number[] | undefined {
  if (!elements?.every(axis => typeof axis === 'number')) return undefined
  return elements.map(axis => axisOf(axis, rank, node))
}

/** A shape as it is read: `[N, 3, ?]`. */
export const shapeText = (shape: Shape | undefined): string =>
  shape ? `[${shape.map(size => size ?? '?').join(', ')}]` : 'of unknown rank'

/** Shapes that cannot go together. */
export const shapeError = (node: Node, problem: string): ModelError =>
  new ModelError({
    code: 'MODEL_SHAPE',
    message: `Node ${node.name} (${node.op}) ${problem}.`,
    hint: 'The model is invalid, or an input shape does not fit it: check the shapes of its inputs.',
    node,
  })
