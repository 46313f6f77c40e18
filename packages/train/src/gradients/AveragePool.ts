import { elementCount, windowOf } from '@pare/core-graph'
import type { Convolution } from '../convolution/convolution.ts'
import { transposed } from '../convolution/input-gradient.ts'
import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/** dX = each dY divided by the number of pixels in its window, given to all of them; X:[N,C,*s], Y:[N,C,*s′] */
export const AveragePool = defineGradient({
  op: 'AveragePool',
  backward: (b, { X, dY }, attributes) => ({
    X: () => {
      const [batch = 1, channels = 1, ...image] = sizesOf(X)
      const result = sizesOf(dY).slice(2)
      const { kernel, strides, dilations, pads = [] } = windowOf(image, attributes)
      const conv = {
        batch,
        channels,
        outputs: channels,
        group: channels,
        image,
        result,
        kernel,
        strides,
        dilations,
        pads,
      }
      const counts = result
        .map((_, axis) => windowCounts(conv, axis, attributes.count_include_pad === 1))
        .reduce((products, counts) => products.flatMap(product => counts.map(count => product * count)), [1])
      const shares = b.Div(dY, b.constant(X.dataType, [1, 1, ...result], counts))
      const weights = Array<number>(channels * elementCount(kernel)).fill(1)
      return transposed(b, b.constant(X.dataType, [channels, 1, ...kernel], weights), shares, conv)
    },
  }),
})

/** How many pixels each window has along one axis; padding counts if the mean was taken over it too. */
function windowCounts(conv: Convolution, axis: number, withPadding: boolean): number[] {
  const [size = 1, step = 1, dilation = 1] = [conv.image[axis], conv.strides[axis], conv.dilations[axis]]
  const [begin = 0, end = 0] = [conv.pads[axis], conv.pads[axis + conv.kernel.length]]
  const [low, high] = withPadding ? [-begin, size + end] : [0, size]
  return Array.from({ length: conv.result[axis] ?? 1 }, (_, place) => {
    const pixels = Array.from(
      { length: conv.kernel[axis] ?? 1 },
      (_, offset) => place * step - begin + offset * dilation,
    )
    return pixels.filter(pixel => pixel >= low && pixel < high).length
  })
}
