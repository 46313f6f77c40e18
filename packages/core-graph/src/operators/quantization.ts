import type { Node, Shape } from '../graph.ts'
import { axisOf, shapeError, shapeText } from './axis.ts'

/**
 * Checks a scale: one number, or one for each index of the axis (ONNX QuantizeLinear, "per-tensor" and "per-axis").
 * Blocks along the axis are the runtime's to judge.
 */
export function checkScale(
  x: Shape | undefined,
  scale: Shape | undefined,
  axis: number,
  block: number,
  node: Node,
): void {
  const count = scale?.[0] ?? 1
  if (!x || !scale || block > 0 || (scale.length <= 1 && count === 1)) return
  const size = x[axisOf(axis, x.length, node)]
  const differ = typeof size === 'number' && typeof count === 'number' && size !== count
  if (scale.length > 1 || differ)
    throw shapeError(node, `has scales ${shapeText(scale)} for axis ${axis} of ${shapeText(x)}`)
}
