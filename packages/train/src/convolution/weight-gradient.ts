import type { GraphBuilder, Value } from '@pare/core-graph'
import { type Convolution, exactEnds, isPointwise, spatialAxes, withSpatialAxes } from './convolution.ts'

/** dW of a convolution: [O, C/group, *k]. */
export const weightGradient = (b: GraphBuilder, X: Value, dY: Value, conv: Convolution): Value =>
  isPointwise(conv) ? pointwise(b, X, dY, conv) : spatial(b, X, dY, conv)

/** dW = Σₙ dYₙ·Xₙᵀ, the images flattened: one product of matrices over batch and image together. */
function pointwise(b: GraphBuilder, X: Value, dY: Value, conv: Convolution): Value {
  const { channels, outputs, image, kernel, strides } = conv
  const seen = strides.every(stride => stride === 1)
    ? X
    : b.Slice(X, b.ints(...image.map(() => 0)), b.ints(...image), b.ints(...spatialAxes(image)), b.ints(...strides))
  const rows = (value: Value, count: number) =>
    b.Reshape(b.Transpose(value, { perm: withSpatialAxes([1, 0], conv) }), b.ints(count, -1))
  const dW = b.Gemm(rows(dY, outputs), rows(seen, channels), { transB: 1 })
  return b.Reshape(dW, b.ints(outputs, channels, ...kernel))
}

/**
 * dW as a convolution: the batch takes the place of the channels, dY that of the weights, and dilation and stride
 * change roles. Groups stay groups; the channels of a group become the images of the batch.
 */
function spatial(b: GraphBuilder, X: Value, dY: Value, conv: Convolution): Value {
  const { batch, channels, outputs, group, image, result, kernel, strides, dilations, pads } = conv
  const own = channels / group
  const grouped = b.Reshape(X, b.ints(batch, group, own, ...image))
  const images = b.Reshape(
    b.Transpose(grouped, { perm: withSpatialAxes([2, 1, 0], conv) }),
    b.ints(own, group * batch, ...image),
  )
  const ends = exactEnds(conv)
  const dW = b.Conv(images, b.Transpose(dY, { perm: withSpatialAxes([1, 0], conv) }), {
    dilations: strides,
    group,
    kernel_shape: result,
    pads: [...pads.slice(0, kernel.length), ...ends.map(end => Math.max(0, end))],
    strides: dilations,
  })
  // Where the image reaches beyond the last window, dW has rows for offsets that the kernel does not.
  const cut = ends.every(end => end >= 0)
    ? dW
    : b.Slice(dW, b.ints(...kernel.map(() => 0)), b.ints(...kernel), b.ints(...spatialAxes(kernel)))
  return own === 1
    ? b.Reshape(cut, b.ints(outputs, 1, ...kernel))
    : b.Transpose(cut, { perm: withSpatialAxes([1, 0], conv) })
}
