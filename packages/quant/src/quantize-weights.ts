import { elementCount, type Tensor, tensorFloats, tensorOf } from '@pare/core-graph'
import { clamp, roundHalfToEven, smallestScale } from './affine.ts'

/**
 * The greatest magnitude of a bias in int32: a quarter of the type's range, so that the sums of products that are
 * added to it do not overflow either.
 */
const largestBias = 2 ** 30

/** The greatest level of symmetric weights, by their bits: 2^(bits − 1) − 1, but 64 for 7, so that two products fit into 16 bits. */
export const greatestLevel = { 2: 1, 3: 3, 4: 7, 5: 15, 6: 31, 7: 64, 8: 127 } as const
export type WeightBits = keyof typeof greatestLevel

/**
 * Scales of symmetric int8 weights, one for each index of the axis or one in all: max|w| / 127, so that the levels
 * are −127…127, or −64…64 with 7 bits. Channels of nothing but zeros take the greatest scale of the others (1 where there is none).
 */
export function weightScales(tensor: Tensor, axis: number | undefined, bits: WeightBits = 8): Float32Array {
  const weights = tensorFloats(tensor)
  const { channels, inner } = layoutOf(tensor, axis)
  const scales = new Float32Array(channels)
  for (let first = 0, run = 0; first < weights.length; first += inner, run++) {
    let reach = 0
    for (let index = first; index < first + inner; index++) reach = Math.max(reach, Math.abs(weights[index] ?? 0))
    const channel = run % channels
    scales[channel] = Math.max(scales[channel] ?? 0, reach)
  }
  const largest = scales.reduce((a, b) => Math.max(a, b), 0)
  const levels = greatestLevel[bits]
  return scales.map(reach => Math.max((reach || largest || levels) / levels, smallestScale))
}

/**
 * The scales, raised where a bias would not fit into int32 with scale `dataScale` · scale.
 * A channel of tiny weights (a dead one after BatchNormalization was folded) would else overflow.
 */
export function raiseForBias(scales: Float32Array, dataScale: number, bias: Tensor): Float32Array {
  const values = tensorFloats(bias)
  const raised = scales.slice()
  for (const [index, value] of values.entries()) {
    const channel = scales.length === 1 ? 0 : index
    raised[channel] = Math.max(raised[channel] ?? 0, Math.abs(value) / dataScale / largestBias)
  }
  return raised
}

/** round(w / scale), as QuantizeLinear computes it in float32, within the levels of `bits`, in the shape of `tensor`. */
export function quantizeWeights(
  tensor: Tensor,
  axis: number | undefined,
  scales: Float32Array,
  bits: WeightBits = 8,
): Tensor {
  const levels = greatestLevel[bits]
  const { channels, inner } = layoutOf(tensor, axis)
  const weights = tensorFloats(tensor)
  const quantized = new Int8Array(weights.length)
  for (let first = 0, run = 0; first < weights.length; first += inner, run++) {
    const scale = scales[run % channels] ?? 1
    for (let index = first; index < first + inner; index++)
      quantized[index] = clamp(roundHalfToEven(Math.fround((weights[index] ?? 0) / scale)), -levels, levels)
  }
  return tensorOf('int8', tensor.dims, quantized)
}

/** The bias in int32, [C], and its scales, [C] or []: those of the data times those of the weights. */
export function quantizeBias(
  bias: Tensor,
  dataScale: number,
  scales: Float32Array,
): { readonly levels: Tensor; readonly scales: Float32Array } {
  const products = scales.map(scale => dataScale * scale)
  const levels = Int32Array.from(tensorFloats(bias), (value, index) =>
    roundHalfToEven(Math.fround(value / (products[products.length === 1 ? 0 : index] ?? 1))),
  )
  return { levels: tensorOf('int32', [levels.length], levels), scales: products }
}

/** How the elements lie: each run of `inner` belongs to one channel, and the channels follow each other. */
export function layoutOf({ dims }: Tensor, axis: number | undefined) {
  if (axis === undefined) return { channels: 1, inner: Math.max(1, elementCount(dims)) }
  return { channels: dims[axis] ?? 1, inner: elementCount(dims.slice(axis + 1)) }
}
