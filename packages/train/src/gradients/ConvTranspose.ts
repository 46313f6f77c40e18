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
      X: () => b.Conv(dY, W, { kernel_shape: kernel, strides, dilations, group, pads }),
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
  const { strides, dilations, pads = [] } = windowOf(image, { ...attributes, kernel_shape: kernel })
  const conv = { batch, channels, outputs, group: attributes.group, image, result, kernel, strides, dilations, pads }
  const isSized = stated !== undefined || auto_pad.startsWith('SAME')
  const begins = isSized ? sizedBegins() : pads.slice(0, kernel.length)
  /** Pads that give the size asked for (ONNX ConvTranspose, "output_shape"). */
  function sizedBegins(): number[] {
    const totals = exactEnds({ ...conv, pads: kernel.map(() => 0) }).map((total, axis) => total + (more?.[axis] ?? 0))
    const round = auto_pad === 'SAME_UPPER' ? Math.floor : Math.ceil
    return totals.map(total => round(Math.max(0, total) / 2))
  }
  // Less than nothing is output padding: rows beyond the last window, which come from no input.
  const ends = exactEnds({ ...conv, pads: begins })
  return { ...conv, pads: [...begins, ...ends.map(end => Math.max(0, end))] }
}
