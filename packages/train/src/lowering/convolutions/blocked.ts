import type { Value } from '@pare/core-graph'
import type { Convolution } from '../../convolution/convolution.ts'
import { blockedConvolution } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'
import { interleave, phasesOf } from './phases.ts'

/**
 * The runtime's blocked convolution, over channels: images go from rows to `[N, C/b, *s, b]` and back, in two steps each
 * of which is fast, and weights become `[O/b, C/b, *k, b of C, b of O]`.
 */
export const blocked = defineConvolutionForm({
  id: 'blocked',
  fits: ({ group, channels, outputs, image, pads }, block) =>
    group === 1 && channels % block === 0 && outputs % block === 0 && image.length === 2 && pads.every(pad => pad >= 0),
  forward: (lowerer, X, W, conv) => {
    const { b, block, shared } = lowerer
    const { outputs, channels, kernel } = conv
    const split = b.Reshape(W, b.ints(outputs / block, block, channels / block, block, -1))
    const weights = b.Reshape(b.Transpose(split, { perm: [0, 2, 4, 3, 1] }), b.ints(outputs, channels, ...kernel))
    const images = shared(`blocked:${X.name}`, () => toBlocked(lowerer, X.rows(), conv.channels, conv.image, conv))
    return fromBlocked(lowerer, blockedConvolution(b, images, weights, 1, conv), outputs, conv)
  },
})

/** dX of it, in as many convolutions as the strides have places. */
export const blockedPhases = defineConvolutionForm({
  id: 'blocked-phases',
  fits: (conv, block) => blocked.fits(conv, block) && phasesOf(conv) !== undefined,
  inputGradient: (lowerer, W, dY, conv) => {
    const { b, block } = lowerer
    const { outputs, channels } = conv
    const { rows, scale } = dY.scaledRows()
    const images = toBlocked(lowerer, rows, outputs, conv.result, conv)
    const weights = scaledWeights(lowerer, W, scale, conv)
    const split = b.Reshape(weights, b.ints(outputs / block, block, channels / block, block, -1))
    const made = (phasesOf(conv) ?? []).map(({ taps, kernel, pads, result }) => {
      const own = b.Transpose(b.Gather(split, b.ints(...taps), { axis: 4 }), { perm: [2, 0, 4, 1, 3] })
      const W = b.Reshape(own, b.ints(channels, outputs, ...kernel))
      return blockedConvolution(b, images, W, 1, { kernel, pads, result, strides: [1, 1], dilations: [1, 1] })
    })
    return fromBlocked(lowerer, interleave(lowerer, made, conv), channels, conv)
  },
})

/**
 * [C, N/b · H · W · b] → [N, C, H, W] with channels side by side. Each step moves one axis, for which the runtime has a
 * fast way: together half as long as one step that moves two.
 */
function toBlocked(
  { b, block }: Lowerer,
  rows: Value,
  channels: number,
  image: readonly number[],
  { batch }: Convolution,
): Value {
  const groups = channels / block
  const beside = b.Transpose(b.Reshape(rows, b.ints(groups, block, -1)), { perm: [0, 2, 1] })
  const pixelsLast = b.Reshape(beside, b.ints((groups * batch) / block, -1, block, block))
  const imagesFirst = b.Reshape(b.Transpose(pixelsLast, { perm: [0, 2, 1, 3] }), b.ints(groups, batch, -1))
  const whole = groups === 1 ? imagesFirst : b.Transpose(imagesFirst, { perm: [1, 0, 2] })
  return b.Reshape(whole, b.ints(batch, channels, ...image))
}

/** The other way round, step by step. */
function fromBlocked({ b, block }: Lowerer, images: Value, channels: number, { batch }: Convolution): Value {
  const groups = channels / block
  const whole = b.Reshape(images, b.ints(batch, groups, -1))
  const imagesFirst = groups === 1 ? whole : b.Transpose(whole, { perm: [1, 0, 2] })
  const split = b.Reshape(imagesFirst, b.ints((groups * batch) / block, block, -1, block))
  const beside = b.Reshape(b.Transpose(split, { perm: [0, 2, 1, 3] }), b.ints(groups, -1, block))
  return b.Reshape(b.Transpose(beside, { perm: [0, 2, 1] }), b.ints(channels, -1))
}
