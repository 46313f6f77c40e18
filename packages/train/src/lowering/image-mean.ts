import type { Value } from '@pare/core-graph'
import type { Lowerer } from './lowerer.ts'
import type { Operand } from './lowering.ts'

/** The mean over the pixels of each image: [C, M] → [C, N] */
export function imageMean({ b, block }: Lowerer, X: Operand): Value | undefined {
  if (!X.isBlocked || !X.image) return undefined
  const { channels, batch, area } = X.image
  const split = b.Reshape(X.rows(), b.ints(channels, batch / block, area, block))
  return b.Reshape(b.ReduceMean(split, b.ints(2)), b.ints(channels, batch))
}
