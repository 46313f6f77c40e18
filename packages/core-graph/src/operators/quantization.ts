import type { Node, Shape } from '../graph.ts'
import { defineOperator, typed } from '../operator.ts'
import { axisOf, shapeError, shapeText } from './axis.ts'
import { broadcastShapes } from './broadcast.ts'

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

/** Of two quantized tensors, each with its scale, to one of the same type. */
export const defineQuantizedBinary = <const Op extends string>(op: Op) =>
  defineOperator({
    op,
    domain: 'com.microsoft',
    inputs: ['A', 'A_scale', 'A_zero_point?', 'B', 'B_scale', 'B_zero_point?', 'C_scale', 'C_zero_point?'],
    outputs: ['C'],
    infer: ({ A, B }, _, { node }) => ({ C: typed(A.dataType, broadcastShapes([A.shape, B.shape], node)) }),
  })
