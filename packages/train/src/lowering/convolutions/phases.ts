import type { Value } from '@pare/core-graph'
import type { Convolution } from '../../convolution/convolution.ts'
import type { Lowerer } from '../lowerer.ts'

/** The pixels of dX whose places are equal modulo the strides: a convolution of dY with every stride-th weight. */
export interface Phase {
  /** Places of its weights in the kernel, in the order of the window. */
  readonly taps: readonly number[]
  readonly kernel: readonly number[]
  readonly pads: readonly number[]
  /** Sizes: the same for all phases, so that they can be interleaved; what is beyond the image is cut off then. */
  readonly result: readonly number[]
}

/** One spatial axis of a phase. */
interface AxisPhase {
  readonly taps: readonly number[]
  readonly begin: number
  readonly end: number
  readonly result: number
}

/**
 * dX of a convolution with strides (2-D), in as many convolutions of stride 1 as the strides have places: nothing is
 * multiplied by the zeros that a transposed convolution puts between the pixels of dY. With stride 1 it is one, with the
 * weights turned round. Undefined where a pixel has no weight, or a window would begin inside of dY.
 *
 * dX[s·q + r] = Σ over taps k with k·d ≡ r + p (mod s) of W[k]·dY[q + (r + p − k·d)/s]
 */
export function phasesOf(conv: Convolution): readonly Phase[] | undefined {
  const [rows, columns] = [axisPhases(conv, 0), axisPhases(conv, 1)]
  if (!rows || !columns) return undefined
  return rows.flatMap(row =>
    columns.map(column => ({
      taps: row.taps.flatMap(y => column.taps.map(x => y * (conv.kernel[1] ?? 1) + x)),
      kernel: [row.taps.length, column.taps.length],
      pads: [row.begin, column.begin, row.end, column.end],
      result: [row.result, column.result],
    })),
  )
}

function axisPhases(
  { kernel, strides, dilations, pads, image, result }: Convolution,
  axis: number,
): AxisPhase[] | undefined {
  const [size = 1, stride = 1, dilation = 1, pad = 0] = [kernel[axis], strides[axis], dilations[axis], pads[axis]]
  const [pixels = 1, outputs = 1] = [image[axis], result[axis]]
  if (dilation !== 1) return undefined
  const length = Math.ceil(pixels / stride)
  const phases = Array.from({ length: stride }, (_, place): AxisPhase => {
    const taps = [...Array(size).keys()].filter(tap => (place + pad - tap) % stride === 0).reverse()
    const begin = ((taps[0] ?? 0) - place - pad) / stride
    return { taps, begin, end: length + taps.length - 1 - outputs - begin, result: length }
  })
  return phases.every(({ taps, begin, end }) => taps.length > 0 && begin >= 0 && end >= 0) ? phases : undefined
}

/** The phases' pixels in their places: Y:[1, C·N, *s′] each → [C, M] */
export function interleave({ b, block }: Lowerer, phases: readonly Value[], conv: Convolution): Value {
  const { channels, batch, image, strides } = conv
  const [down = 1, across = 1] = strides
  const [height = 1, width = 1] = image
  const [tall, wide] = [Math.ceil(height / down), Math.ceil(width / across)]
  const planes = (channels * batch) / block
  const [first] = phases
  const beside = (values: readonly Value[], rows: number) =>
    b.Concat(
      values.map(value => b.Reshape(value, b.ints(rows, -1))),
      { axis: 1 },
    )
  const lines = [...Array(down).keys()].map(row =>
    beside(phases.slice(row * across, (row + 1) * across), planes * tall * wide),
  )
  const whole = phases.length === 1 && first ? first : beside(lines, planes * tall)
  if (tall * down === height && wide * across === width) return b.Reshape(whole, b.ints(channels, -1))
  const padded = b.Reshape(whole, b.ints(planes, tall * down, wide * across, block))
  return b.Reshape(b.Slice(padded, b.ints(0, 0), b.ints(height, width), b.ints(1, 2)), b.ints(channels, -1))
}
