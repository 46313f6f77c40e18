import type { Value } from '@pare/core-graph'
import { type Convolution, isPointwise } from '../../convolution/convolution.ts'
import { product } from '../kernels.ts'
import type { Lowerer } from '../lowerer.ts'
import type { Operand, Rows } from '../lowering.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'
import { spread } from './spread.ts'

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
    const dX = product(b, matrix, rows, { transA: 1 })
    if (!isStrided(conv)) return dX
    const { channels, batch, image, result, strides } = conv
    const apart = spread(lowerer, dX, (channels * batch) / lowerer.block, { from: result, strides, to: image })
    return b.Reshape(apart, b.ints(channels, -1))
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
