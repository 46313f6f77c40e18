import { isPointwise } from '../../convolution/convolution.ts'
import { product } from '../kernels.ts'
import type { Operand, Rows } from '../lowering.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'

/** Y = W·X; dX = Wᵀ·dY; dW = dY·Xᵀ: a 1×1 convolution is a product of matrices over batch and image together. */
export const pointwise = defineConvolutionForm({
  id: 'pointwise',
  fits: conv => isPointwise(conv) && conv.strides.every(stride => stride === 1),
  forward: ({ b }, X, W, { outputs, channels }) => product(b, b.Reshape(W, b.ints(outputs, channels)), X.rows()),
  inputGradient: (lowerer, W, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = scaledWhereSmaller(dY, conv.channels)
    const matrix = b.Reshape(scaledWeights(lowerer, W, scale, conv), b.ints(conv.outputs, conv.channels))
    return product(b, matrix, rows, { transA: 1 })
  },
  weightGradient: (lowerer, X, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = scaledWhereSmaller(dY, conv.channels)
    const dW = b.Reshape(product(b, rows, X.rows(), { transB: 1 }), b.ints(conv.outputs, conv.channels, ...conv.kernel))
    return scaledWeights(lowerer, dW, scale, conv)
  },
})

/** With the factor left for the weights [O, C], twice, where these are smaller than the images [O, M]. */
const scaledWhereSmaller = (dY: Operand, channels: number): Rows =>
  2 * channels <= (dY.image?.elements ?? 0) ? dY.scaledRows() : { rows: dY.rows() }
