import type { Dimension, Node, Shape } from '../graph.ts'
import { shapeError, shapeText } from './axis.ts'

/** The shape that tensors broadcast to (ONNX, "Broadcasting"). @throws ModelError `MODEL_SHAPE` when they cannot */
export function broadcastShapes(shapes: readonly (Shape | undefined)[], node: Node): Shape | undefined {
  let result: Shape = []
  for (const shape of shapes) {
    if (!shape) return undefined
    result = broadcastTwo(result, shape, node)
  }
  return result
}

function broadcastTwo(a: Shape, b: Shape, node: Node): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - (rank - a.length)] ?? (axis < rank - a.length ? 1 : null)
    const right = b[axis - (rank - b.length)] ?? (axis < rank - b.length ? 1 : null)
    return broadcastDimension(left, right, node, [a, b])
  })
}

function broadcastDimension(a: Dimension, b: Dimension, node: Node, shapes: readonly Shape[]): Dimension {
  if (a === b || b === 1) return a
  if (a === 1) return b
  if (typeof a === 'number' && typeof b === 'number')
    throw shapeError(node, `has shapes ${shapes.map(shapeText).join(' and ')}, which do not broadcast`)
  // A size other than 1 wins over an unknown one, which must then be equal or 1.
  if (typeof a === 'number') return a
  return typeof b === 'number' ? b : null
}
