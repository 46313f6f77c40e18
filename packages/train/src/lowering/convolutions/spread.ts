import type { Value } from '@pare/core-graph'
import type { Lowerer } from '../lowerer.ts'

/**
 * Pixels set apart by the strides, with zeros between and after them, as far as the given sizes.
 * Rows of images [planes · b, *s] → [planes, *sizes, b]
 */
export function spread(
  { b, block }: Lowerer,
  rows: Value,
  planes: number,
  {
    from,
    strides,
    to,
  }: { readonly from: readonly number[]; readonly strides: readonly number[]; readonly to: readonly number[] },
): Value {
  const [[tall = 1, wide = 1], [down = 1, across = 1], [height = 1, width = 1]] = [from, strides, to]
  const split = b.Reshape(rows, b.ints(planes, tall, 1, wide, 1, block))
  const isSpread = down > 1 || across > 1
  const padded = isSpread ? b.Pad(split, b.ints(0, 0, 0, 0, 0, 0, 0, 0, down - 1, 0, across - 1, 0)) : split
  const whole = b.Reshape(padded, b.ints(planes, tall * down, wide * across, block))
  if (tall * down === height && wide * across === width) return whole
  return b.Slice(whole, b.ints(0, 0), b.ints(height, width), b.ints(1, 2))
}
