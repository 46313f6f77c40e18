import type { Value } from '@pare/core-graph'
import { type Convolution, isPointwise } from '../../convolution/convolution.ts'
import { product } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import type { Operand, Rows } from '../lowering.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'

/** Y = W·X; dX = Wᵀ·dY; dW = dY·Xᵀ: a 1×1 convolution is a product of matrices over batch and image together. */
export const pointwise = defineConvolutionForm({
  id: 'pointwise',
  fits: conv => isPointwise(conv) && conv.image.length === 2,
  forward: (lowerer, X, W, conv) =>
    product(lowerer.b, lowerer.b.Reshape(W, lowerer.b.ints(conv.outputs, conv.channels)), seen(lowerer, X, conv)),
  inputGradient: (lowerer, W, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = scaledWhereSmaller(dY, conv.channels)
    const matrix = b.Reshape(scaledWeights(lowerer, W, scale, conv), b.ints(conv.outputs, conv.channels))
    return spread(lowerer, product(b, matrix, rows, { transA: 1 }), conv)
  },
  weightGradient: (lowerer, X, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = scaledWhereSmaller(dY, conv.channels)
    const dW = product(b, rows, seen(lowerer, X, conv), { transB: 1 })
    return scaledWeights(lowerer, b.Reshape(dW, b.ints(conv.outputs, conv.channels, ...conv.kernel)), scale, conv)
  },
})

/** With the factor left for the weights [O, C], twice, where these are smaller than the images [O, M]. */
const scaledWhereSmaller = (dY: Operand, channels: number): Rows =>
  2 * channels <= (dY.image?.elements ?? 0) ? dY.scaledRows() : { rows: dY.rows() }

const isStrided = ({ strides }: Convolution) => strides.some(stride => stride !== 1)

/** The pixels that the strides do not skip. */
function seen({ b, block, shared }: Lowerer, X: Operand, conv: Convolution): Value {
  if (!isStrided(conv)) return X.rows()
  const { channels, batch, image, strides } = conv
  return shared(`seen:${X.name}:${strides}`, () => {
    const split = b.Reshape(X.rows(), b.ints(channels, batch / block, ...image, block))
    const every = b.Slice(split, b.ints(0, 0), b.ints(...image), b.ints(2, 3), b.ints(...strides))
    return b.Reshape(every, b.ints(channels, -1))
  })
}

/** The other way round: zeros where the strides skip a pixel. */
function spread({ b, block }: Lowerer, rows: Value, conv: Convolution): Value {
  if (!isStrided(conv)) return rows
  const { channels, batch, image, result, strides } = conv
  const [[height = 1, width = 1], [tall = 1, wide = 1], [down = 1, across = 1]] = [image, result, strides]
  const planes = (channels * batch) / block
  const split = b.Reshape(rows, b.ints(planes, tall, 1, wide, 1, block))
  const padded = b.Pad(split, b.ints(0, 0, 0, 0, 0, 0, 0, 0, down - 1, 0, across - 1, 0))
  const whole = b.Reshape(padded, b.ints(planes, tall * down, wide * across, block))
  return b.Reshape(b.Slice(whole, b.ints(0, 0), b.ints(height, width), b.ints(1, 2)), b.ints(channels, -1))
}
