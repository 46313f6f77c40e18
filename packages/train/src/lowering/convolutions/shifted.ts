import { product } from '../kernels.ts'
import { columns } from './columns.ts'
import { defineConvolutionForm, scaledWeights } from './convolution-form.ts'
import { seenByTaps } from './taps.ts'

/** dW[:, :, k] = dY·Xₖᵀ, a product of matrices for each weight of the kernel: no columns are put together. */
export const shifted = defineConvolutionForm({
  id: 'shifted',
  fits: columns.fits,
  weightGradient: (lowerer, X, dY, conv) => {
    const { b } = lowerer
    const { rows, scale } = dY.scaledRows()
    const { outputs, channels, kernel } = conv
    const taps = seenByTaps(lowerer, X.rows(), conv).map(seen =>
      b.Reshape(product(b, rows, seen, { transB: 1 }), b.ints(1, outputs * channels)),
    )
    const dW = b.Transpose(b.Concat(taps, { axis: 0 }), { perm: [1, 0] })
    return scaledWeights(lowerer, b.Reshape(dW, b.ints(outputs, channels, ...kernel)), scale, conv)
  },
})
