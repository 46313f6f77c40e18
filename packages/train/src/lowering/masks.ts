import type { Value } from '@pare/core-graph'
import { isBeyond } from './kernels.ts'
import type { Lowerer } from './lowerer.ts'
import type { Operand } from './lowering.ts'

/** What an output must be above (sign 1) or below (−1) for its gradient to go on. */
export interface Bound {
  readonly bound: number
  readonly sign: 1 | -1
}

/** dY where Y lies within all bounds, 0 elsewhere; a dY that is the same for all pixels of an image is not spread first. */
export function timesMasks(
  { b, block }: Lowerer,
  Y: Operand,
  dY: Operand,
  bounds: readonly Bound[],
): Value | undefined {
  const { image } = Y
  if (!image || !(Y.isBlocked || dY.isBlocked)) return undefined
  const { channels, batch, area } = image
  const repeated = dY.repeated()
  const split = (value: Value, pixels: number) => b.Reshape(value, b.ints(channels, batch / block, pixels, block))
  const view = (rows: Value) => (repeated ? split(rows, area) : rows)
  const masked = bounds.reduce(
    (gradient, { bound, sign }) => b.Mul(gradient, isBeyond(b, view(Y.rows()), bound, sign)),
    repeated ? split(repeated, 1) : dY.rows(),
  )
  return repeated ? b.Reshape(masked, b.ints(channels, -1)) : masked
}
