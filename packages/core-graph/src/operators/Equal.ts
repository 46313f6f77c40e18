import type { Dimension } from '../graph.ts'
import { defineBinary } from './elementwise.ts'

/** C = A = B, broadcast (ONNX Equal) */
export const Equal = defineBinary('Equal', { result: 'bool', fold: equality })

/** 1, 0, or null where it depends; a symbol stands for a size, which is never negative. */
function equality(a: Dimension, b: Dimension): Dimension {
  if (a === null || b === null) return null
  if (a === b) return 1
  const isNegative = (size: Dimension) => typeof size === 'number' && size < 0
  return (typeof a === 'number' && typeof b === 'number') || isNegative(a) || isNegative(b) ? 0 : null
}
