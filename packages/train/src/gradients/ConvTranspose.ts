import { type Value, windowOf } from '@pare/core-graph'
import { type Convolution, exactEnds, spatialAxes } from '../convolution/convolution.ts'
import { weightGradient } from '../convolution/weight-gradient.ts'
import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/**
 * What a convolution does with its gradient, ConvTranspose does with its input: dX = dY convolved with W; dW = dY
 * correlated with X, which stands for that convolution's gradient; dB = Σ dY over batch and image.
 * X:[N,C,*s], W:[C,O/group,*k], B:[O], Y:[N,O,*s′]
 */
export const ConvTranspose = defineGradient({
  op: 'ConvTranspose',
  trainable: ['W', 'B'],
  backward: (b, { X, W, dY }, attributes) => {
    const conv = convolutionOf(X, W, dY, attributes)
    const { image, kernel, strides, dilations, group, pads } = conv
    return {
      X: () => {
        const ends = exactEnds(conv)
        // Rows beyond the last window (output padding) come from no input.
        const seen = ends.every(end => end >= 0)
          ? dY
          : b.Slice(
              dY,
              b.ints(...image.map(() => 0)),
              b.ints(...image.map((size, axis) => size + Math.min(0, ends[axis] ?? 0))),
              b.ints(...spatialAxes(image)),
            )
        const padding = [...pads.slice(0, kernel.length), ...ends.map(end => Math.max(0, end))]
        return b.Conv(seen, W, { kernel_shape: kernel, strides, dilations, group, pads: padding })
      },
      W: () => weightGradient(b, dY, X, conv),
      B: () => b.ReduceSum(dY, b.ints(0, ...spatialAxes(image)), { keepdims: 0 }),
    }
  },
})

/** The convolution from Y's side to X's. */
function convolutionOf(
  X: Value,
  W: Value,
  Y: Value,
  attributes: {
    readonly group: number
    readonly auto_pad: string
    readonly strides: readonly number[] | undefined
    readonly dilations: readonly number[] | undefined
    readonly pads: readonly number[] | undefined
    readonly output_padding: readonly number[] | undefined
    readonly output_shape: readonly number[] | undefined
  },
): Convolution {
  const [batch = 1, outputs = 1, ...result] = sizesOf(X)
  const [, channels = 1, ...image] = sizesOf(Y)
  const kernel = sizesOf(W).slice(2)
  const { auto_pad, output_padding: more, output_shape: stated } = attributes
  const { strides, dilations, pads = [] } = windowOf(image, { ...attributes, auto_pad: 'NOTSET', kernel_shape: kernel })
  const conv = { batch, channels, outputs, group: attributes.group, image, result, kernel, strides, dilations, pads }
  if (!stated && !auto_pad.startsWith('SAME')) return conv
  // Pads that give the size asked for (ONNX ConvTranspose, "output_shape").
  const totals = exactEnds({ ...conv, pads: kernel.map(() => 0) }).map((total, axis) => total + (more?.[axis] ?? 0))
  const begins = totals.map(total => (auto_pad === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
  return { ...conv, pads: [...begins, ...totals.map((total, axis) => total - (begins[axis] ?? 0))] }
}
