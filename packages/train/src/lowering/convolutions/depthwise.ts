import { elementCount, type Value } from '@pare/core-graph'
import { type Convolution, exactEnds } from '../../convolution/convolution.ts'
import { type BlockedWindow, blockedConvolution } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'
import { interleave, phasesOf } from './phases.ts'

/**
 * One channel a group: the runtime's blocked convolution takes rows as one image of C·N channels, and the weights of a
 * channel N times.
 */
export const depthwise = defineConvolutionForm({
  id: 'depthwise',
  fits: ({ group, channels, outputs, image, pads }) =>
    group === channels && outputs === channels && image.length === 2 && pads.every(pad => pad >= 0),
  forward: (lowerer, X, W, conv) => {
    const { b } = lowerer
    const Y = convolvePlanes(lowerer, X.rows(), forEachImage(lowerer, W, conv), conv.image, conv)
    return b.Reshape(Y, b.ints(conv.outputs, -1))
  },

  weightGradient: (lowerer, X, dY, conv) => {
    const { b, block } = lowerer
    const ends = exactEnds(conv).map(end => Math.max(0, end))
    const { channels, batch, image, result, kernel, strides, dilations } = conv
    const offsets = offsetsOf(conv)
    const { rows, scale } = dY.scaledRows()
    const dW = convolvePlanes(lowerer, X.rows(), b.Reshape(rows, b.ints(channels * batch, 1, ...result)), image, {
      kernel: result,
      pads: [...conv.pads.slice(0, 2), ...ends],
      strides: dilations,
      dilations: strides,
      result: offsets,
    })
    const split = b.Reshape(dW, b.ints(channels, batch / block, ...offsets, block))
    // Where the image reaches beyond the last window, there are offsets that the kernel does not have.
    const isExact = offsets.every((size, axis) => size === kernel[axis])
    const own = isExact ? split : b.Slice(split, b.ints(0, 0), b.ints(...kernel), b.ints(2, 3))
    const sum = b.ReduceSum(own, b.ints(1, 4), { keepdims: 0 })
    return scaledWeights(lowerer, b.Reshape(sum, b.ints(channels, 1, ...kernel)), scale, conv)
  },
})

/** dX of it, in as many convolutions as the strides have places. */
export const depthwisePhases = defineConvolutionForm({
  id: 'depthwise-phases',
  fits: conv => depthwise.fits(conv) && phasesOf(conv) !== undefined,
  inputGradient: (lowerer, W, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = dY.scaledRows()
    const weights = b.Reshape(scaledWeights(lowerer, W, scale, conv), b.ints(conv.channels, -1))
    const ones = { strides: [1, 1], dilations: [1, 1] }
    const made = (phasesOf(conv) ?? []).map(({ taps, kernel, pads, result }) => {
      const own = b.Gather(weights, b.ints(...taps), { axis: 1 })
      const W = forEachImage(lowerer, own, { ...conv, kernel })
      return convolvePlanes(lowerer, rows, W, conv.result, { kernel, pads, result, ...ones })
    })
    return interleave(lowerer, made, conv)
  },
})

/** Rows as one image of as many channels as there are planes. X:[C, M], W:[C·N, 1, *k] → [1, C·N, *s′] */
function convolvePlanes({ b }: Lowerer, X: Value, W: Value, image: readonly number[], window: BlockedWindow): Value {
  const planes = Number(W.shape?.[0])
  return blockedConvolution(b, b.Reshape(X, b.ints(1, planes, ...image)), W, planes, window)
}

/** The sizes of dW as a convolution gives it. */
const offsetsOf = (conv: Convolution): number[] =>
  exactEnds(conv).map(
    (end, axis) => (conv.kernel[axis] ?? 1) + Math.floor(Math.max(0, -end) / (conv.dilations[axis] ?? 1)),
  )

/**
 * [C, …] → [C·N, 1, *k], laid out as [C, N/b, *k, b]: each weight b times side by side, by a product with ones, which is
 * faster than Expand along the last axis.
 */
function forEachImage({ b, block }: Lowerer, W: Value, { channels, batch, kernel }: Convolution): Value {
  const taps = elementCount(kernel)
  const ones = b.constant('float32', [1, block], Array<number>(block).fill(1))
  const side = b.Reshape(b.MatMul(b.Reshape(W, b.ints(channels * taps, 1)), ones), b.ints(channels, 1, taps * block))
  const all = b.Expand(side, b.ints(channels, batch / block, taps * block))
  return b.Reshape(all, b.ints(channels * batch, 1, ...kernel))
}
