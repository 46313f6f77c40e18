import fc from 'fast-check'
import { anyEach } from '../arbitraries.ts'

const small = (max: number) => fc.integer({ min: 1, max })

/** A window of one or two axes, and an image that it fits into. */
export const anyWindow = small(2).chain(rank =>
  fc
    .record({
      kernel: anyEach(rank, 1, 3),
      strides: anyEach(rank, 1, 3),
      dilations: anyEach(rank, 1, 2),
      pads: anyEach(2 * rank, 0, 2),
      more: anyEach(rank, 0, 3),
    })
    .map(({ more, ...window }) => ({
      ...window,
      image: more.map((rows, axis) => (window.kernel[axis] ?? 1) * (window.dilations[axis] ?? 1) + rows),
    })),
)

/** A convolution of `group` groups, each from `own` channels to `each`. */
export const anyConvolution = fc
  .tuple(anyWindow, fc.record({ batch: small(2), group: small(2), own: small(2), each: small(2) }))
  .map(([window, channels]) => ({ ...window, ...channels }))

/** Pads that are smaller than the kernel: no window of a pool lies outside of the image. */
export const narrow = (pads: readonly number[], kernel: readonly number[]): number[] =>
  pads.map((pad, place) => Math.min(pad, (kernel[place % kernel.length] ?? 1) - 1))
