import {
  dataTypeCode,
  elementCount,
  type GraphBuilder,
  type Tensor,
  tensorFloats,
  tensorOf,
  type Value,
} from '@pare/core-graph'
import { roundHalfToEven } from '../affine.ts'
import { greatestLevel, layoutOf, raiseForBias, type WeightBits, weightScales } from '../quantize-weights.ts'
import type { ScaleTensors } from './activation-scale.ts'
import { roundUp } from './round-up.ts'

/** How the scales of weights are found while training. */
export const weightScaleKinds = ['abs-max', 'learned'] as const
export type WeightScaleKind = (typeof weightScaleKinds)[number]

/** Weights to be rounded in the graph. */
export interface FakeWeights {
  readonly name: string
  readonly value: Value
  /** What they begin as. */
  readonly initial: Tensor
  readonly axis: number | undefined
  readonly bits: WeightBits
  readonly kind: WeightScaleKind
  /** What the scales must not be below; undefined where they never come near. */
  readonly floor?: Float32Array | undefined
}

/**
 * Weights that are rounded to levels −Q … Q and back, one scale for each channel of the axis or one in all.
 *
 *     abs-max: s = max|w| / Q    learned: s is trained, as that of activations is, and |w| clipped at Q·s
 *
 * @returns the rounded weights, of the weights' shape, and their scales, `[C]` or `[]`
 */
export function fakeWeights(
  b: GraphBuilder,
  weights: FakeWeights,
  tensors: ScaleTensors,
): { readonly rounded: Value; readonly scale: Value } {
  const { name, value, axis, bits, kind, initial, floor } = weights
  const most = greatestLevel[bits]
  const own = kind === 'learned' ? learnedScale(b, weights, tensors) : absMaxScale(b, weights)
  const scale = floor
    ? b.Max([
        own,
        b.initializer(`qat/${name}/floor`, tensorOf('float32', axis === undefined ? [] : [floor.length], floor)),
      ])
    : own
  let clipped = value
  if (kind === 'learned') {
    const along =
      axis === undefined ? scale : b.Reshape(scale, b.ints(...initial.dims.map((_, at) => (at === axis ? -1 : 1))))
    const end = b.Mul(along, b.scalar(most))
    clipped = b.Max([most === 127 ? value : b.Min([value, end]), b.Neg(end)])
  }
  const attributes = axis === undefined ? {} : { axis }
  const levels = b.QuantizeLinear(clipped, scale, undefined, { ...attributes, output_dtype: dataTypeCode('int8') })
  return { rounded: b.DequantizeLinear(levels, scale, undefined, attributes), scale }
}

/**
 * Twice the scales below which biases do not fit into int32 (`raiseForBias`), where a scale might come near: that of a
 * channel of next to no weights. Integer kernels take such a bias for another number.
 * @param biases with the scale of the data, before the training
 */
export function floorFor(
  { initial, axis, bits }: Pick<FakeWeights, 'initial' | 'axis' | 'bits'>,
  biases: readonly { readonly bias: Tensor; readonly dataScale: number }[],
): Float32Array | undefined {
  const scales = weightScales(initial, axis, bits)
  const zeros = new Float32Array(scales.length)
  const least = biases.reduce<Float32Array>(
    (raised, { bias, dataScale }) => raiseForBias(raised, dataScale, bias),
    zeros,
  )
  const floor = least.map(scale => 2 * scale)
  return floor.some((scale, channel) => scale > (scales[channel] ?? 0) / 16) ? floor : undefined
}

function absMaxScale(b: GraphBuilder, { value, initial, axis, bits }: FakeWeights): Value {
  const axes = axis === undefined ? undefined : b.ints(...initial.dims.keys().filter(at => at !== axis))
  const reach = b.ReduceMax(b.Abs(value), axes, { keepdims: 0 })
  const greatest = tensorFloats(initial).reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  return b.Div(roundUp(b, reach, greatest), b.scalar(greatestLevel[bits]))
}

function learnedScale(b: GraphBuilder, { name, initial, axis, bits }: FakeWeights, tensors: ScaleTensors): Value {
  const most = greatestLevel[bits]
  const channels = channelsOf(initial, axis)
  const found = channels.map(channel => bestScale(channel, most))
  const mean = found.reduce((sum, scale) => sum + scale, 0) / found.length
  const k = Math.fround(mean || 1)
  const start = Float32Array.from(found, scale => (scale || k) / k)
  const gradientScale = 1 / (k ** 2 * Math.sqrt(elementCount(initial.dims) * most))
  const dims = axis === undefined ? [] : [start.length]
  const relative = tensors.parameter(`${name}/scale`, tensorOf('float32', dims, start), gradientScale)
  // A step that goes too far would leave a channel with a scale of nothing, from which no gradient leads back.
  const least = tensorOf(
    'float32',
    dims,
    start.map(scale => (scale * k) / 16),
  )
  return b.Max([b.Mul(relative, b.scalar(k)), b.initializer(`qat/${name}/least`, least)])
}

/** The scale with the least squared error, of shares of max|w| / Q from 1 down to 1/25; 0 for nothing but zeros. */
function bestScale(weights: Float32Array, most: number): number {
  const whole = weights.reduce((reach, weight) => Math.max(reach, Math.abs(weight)), 0) / most
  let best = { scale: whole, error: Number.POSITIVE_INFINITY }
  for (let part = 25; part > 0 && whole > 0; part--) {
    const scale = (whole * part) / 25
    let error = 0
    for (const weight of weights) {
      const level = Math.max(-most, Math.min(most, roundHalfToEven(weight / scale)))
      error += (weight - level * scale) ** 2
    }
    if (error < best.error) best = { scale, error }
  }
  return best.scale
}

/** The weights of each channel. */
function channelsOf(tensor: Tensor, axis: number | undefined): readonly Float32Array[] {
  const weights = tensorFloats(tensor)
  const { channels, inner } = layoutOf(tensor, axis)
  const size = elementCount(tensor.dims) / channels
  const parts = Array.from({ length: channels }, () => new Float32Array(size))
  const filled = new Int32Array(channels)
  for (let first = 0, run = 0; first < weights.length; first += inner, run++) {
    const channel = run % channels
    parts[channel]?.set(weights.subarray(first, first + inner), filled[channel] ?? 0)
    filled[channel] = (filled[channel] ?? 0) + inner
  }
  return parts
}
