import type { Value } from '@pare/core-graph'
import { spatialAxes } from '../convolution/convolution.ts'
import { defineGradient } from '../gradient.ts'
import { dimensionsOf } from '../shapes.ts'
import { normalization } from './normalization.ts'

/**
 * Y = scale·X̂ + B, X̂ normalized over each channel's image (Ulyanov et al. 2016):
 * dX of dX̂ = dY·scale (`normalization`); dscale = Σ dY·X̂; dB = Σ dY. X, Y:[N,C,*s], scale, B:[C]
 */
export const InstanceNormalization = defineGradient({
  op: 'InstanceNormalization',
  trainable: ['scale', 'B'],
  backward: (b, { input, scale, doutput }, { epsilon }) => {
    const { normalized, passBack } = normalization(b, input, 2, epsilon)
    const image = spatialAxes(dimensionsOf(input).slice(2))
    const perChannel = (value: Value) => b.ReduceSum(value, b.ints(0, ...image), { keepdims: 0 })
    return {
      input: () => passBack(b.Mul(doutput, b.Unsqueeze(scale, b.ints(0, ...image)))),
      scale: () => perChannel(b.Mul(doutput, normalized())),
      B: () => perChannel(doutput),
    }
  },
})
