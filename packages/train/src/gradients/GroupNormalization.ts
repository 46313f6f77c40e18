import { once, type Value } from '@pare/core-graph'
import { spatialAxes } from '../convolution/convolution.ts'
import { defineGradient } from '../gradient.ts'
import { dimensionsOf, shapeOf } from '../shapes.ts'
import { normalization } from './normalization.ts'

/**
 * Y = scale·X̂ + bias, X̂ normalized over each group of channels (Wu and He 2018):
 * dX of dX̂ = dY·scale (`normalization`); dscale = Σ dY·X̂; dbias = Σ dY. X, Y:[N,C,*s], scale, bias:[C]
 */
export const GroupNormalization = defineGradient({
  op: 'GroupNormalization',
  trainable: ['scale', 'bias'],
  backward: (b, { X, scale, dY }, { num_groups: groups, epsilon }) => {
    const image = spatialAxes(dimensionsOf(X).slice(2))
    const grouped = (value: Value) => b.Reshape(value, b.ints(0, groups, -1))
    const whole = (value: Value) => b.Reshape(value, shapeOf(b, X))
    const perChannel = (value: Value) => b.ReduceSum(value, b.ints(0, ...image), { keepdims: 0 })
    const own = once(() => normalization(b, grouped(X), 2, epsilon))
    return {
      X: () => whole(own().passBack(grouped(b.Mul(dY, b.Unsqueeze(scale, b.ints(0, ...image)))))),
      scale: () => perChannel(b.Mul(dY, whole(own().normalized()))),
      bias: () => perChannel(dY),
    }
  },
})
