import type { GraphBuilder, Value } from '@pare/core-graph'
import { type Convolution, exactEnds, reachOf, spatialAxes, withSpatialAxes } from './convolution.ts'

/**
 * dX of a convolution. With stride 1, and without padding beyond the window, it is a convolution of dY with the
 * weights turned round and their channel axes swapped; otherwise ConvTranspose.
 */
export function inputGradient(b: GraphBuilder, W: Value, dY: Value, conv: Convolution): Value {
  const { group, kernel, strides, dilations, pads } = conv
  const reach = reachOf(conv)
  const turnedPads = pads.map((pad, index) => (reach[index % kernel.length] ?? 0) - pad)
  if (strides.every(stride => stride === 1) && turnedPads.every(pad => pad >= 0))
    return b.Conv(dY, turned(b, W, conv), { dilations, group, kernel_shape: kernel, pads: turnedPads, strides })
  return transposed(b, W, dY, conv)
}

/** dX of a convolution by ConvTranspose, for any stride and padding. */
export function transposed(b: GraphBuilder, W: Value, dY: Value, conv: Convolution): Value {
  const { group, kernel, strides, dilations, pads } = conv
  const ends = exactEnds(conv)
  return b.ConvTranspose(dY, W, {
    dilations,
    group,
    kernel_shape: kernel,
    output_padding: ends.map(end => Math.max(0, -end)),
    pads: [...pads.slice(0, kernel.length), ...ends.map(end => Math.max(0, end))],
    strides,
  })
}

/** [group·O, C, *k] → [group·C, O, *k], reversed along the spatial axes. */
function turned(b: GraphBuilder, W: Value, conv: Convolution): Value {
  const { channels, outputs, group, kernel } = conv
  const [ownOutputs, ownChannels] = [outputs / group, channels / group]
  const isDepthwise = ownOutputs === 1 && ownChannels === 1
  const groups = () => b.Reshape(W, b.ints(group, ownOutputs, ownChannels, ...kernel))
  const swapped = isDepthwise
    ? W
    : b.Reshape(
        b.Transpose(groups(), { perm: withSpatialAxes([0, 2, 1], conv) }),
        b.ints(channels, ownOutputs, ...kernel),
      )
  if (kernel.every(size => size === 1)) return swapped
  const each = (value: number) => b.ints(...kernel.map(() => value))
  return b.Slice(swapped, each(-1), each(-(2 ** 31)), b.ints(...spatialAxes(kernel)), each(-1))
}
