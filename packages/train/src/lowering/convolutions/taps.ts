import type { Value } from '@pare/core-graph'
import type { Convolution } from '../../convolution/convolution.ts'
import type { Lowerer } from '../lowerer.ts'

/**
 * The images as each weight of the kernel sees them, row by row of the kernel: moved, padded with zeros, every stride-th
 * pixel. [C, M] → k times [C, M′]
 */
export function seenByTaps({ b, block }: Lowerer, rows: Value, conv: Convolution): Value[] {
  const { batch, channels, image, result, kernel, strides, dilations, pads } = conv
  const [top = 0, left = 0, bottom = 0, right = 0] = pads
  const split = b.Reshape(rows, b.ints(channels, batch / block, ...image, block))
  const isPadded = pads.some(pad => pad > 0)
  const padded = isPadded ? b.Pad(split, b.ints(0, 0, top, left, 0, 0, 0, bottom, right, 0)) : split
  return tapsOf(kernel).map(tap => {
    const starts = tap.map((offset, axis) => offset * (dilations[axis] ?? 1))
    const ends = starts.map((start, axis) => start + ((result[axis] ?? 1) - 1) * (strides[axis] ?? 1) + 1)
    const seen = b.Slice(padded, b.ints(...starts), b.ints(...ends), b.ints(2, 3), b.ints(...strides))
    return b.Reshape(seen, b.ints(channels, -1))
  })
}

const tapsOf = ([height = 1, width = 1]: readonly number[]): number[][] =>
  Array.from({ length: height * width }, (_, place) => [Math.floor(place / width), place % width])
