import { elementCount, type Value } from '@pare/core-graph'
import { type Convolution, exactEnds, reachOf } from '../../convolution/convolution.ts'
import { type BlockedWindow, blockedConvolution } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'
import { spread } from './spread.ts'

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

/**
 * dX of it: a convolution of dY, its pixels set apart by the strides, with the weights turned round. The zeros are cheaper
 * than as many small convolutions as the strides have places, whose results must be put between each other
 * (96 channels at 48²: 5.5 ms instead of 19).
 */
export const turnedDepthwise = defineConvolutionForm({
  id: 'turned-depthwise',
  fits: conv => depthwise.fits(conv) && conv.pads.every((pad, index) => pad <= (reachOf(conv)[index % 2] ?? 0)),
  inputGradient: (lowerer, W, dY, conv) => {
    const { b, block } = lowerer
    const { channels, batch, image, result, strides, dilations, kernel, pads } = conv
    const { rows, scale } = dY.scaledRows()
    const reach = reachOf(conv)
    const begins = reach.map((distance, axis) => distance - (pads[axis] ?? 0))
    // What the windows see of dY; where it is less than there is, what is cut off are zeros.
    const wanted = image.map((size, axis) => size + (reach[axis] ?? 0) - (begins[axis] ?? 0))
    const to = wanted.map((size, axis) => Math.min(size, (result[axis] ?? 1) * (strides[axis] ?? 1)))
    const ends = wanted.map((size, axis) => size - (to[axis] ?? 0))
    const apart = spread(lowerer, rows, (channels * batch) / block, { from: result, strides, to })
    const taps = b.Reshape(scaledWeights(lowerer, W, scale, conv), b.ints(channels, -1))
    const turned = b.Slice(taps, b.ints(-1), b.ints(-(2 ** 31)), b.ints(1), b.ints(-1))
    const window = { kernel, pads: [...begins, ...ends], strides: [1, 1], dilations, result: image }
    return b.Reshape(
      convolvePlanes(lowerer, apart, forEachImage(lowerer, turned, conv), to, window),
      b.ints(channels, -1),
    )
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
