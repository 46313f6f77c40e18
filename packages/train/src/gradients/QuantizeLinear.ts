import { type GraphBuilder, once, type Value } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { castLike, maskOf } from './mask.ts'
import { levelsOf, perAxis, perScale } from './quantization.ts'

/**
 * y = clip(round(x / scale) + zero), rounding taken for the identity (Bengio et al. 2013, "Estimating or Propagating
 * Gradients Through Stochastic Neurons", the straight-through estimator): where (low − zero)·scale < x < (high − zero)·scale
 * dx = dy / scale; dscale = −Σ dy·x / scale²; elsewhere 0 (everywhere as inside without the range mask).
 * After DequantizeLinear with the same scale this is learned step size quantization (Esser et al. 2020, (3) and (5)).
 * x, y:[*s], scale:[] or one for each index of the axis
 */
export const QuantizeLinear = defineGradient({
  op: 'QuantizeLinear',
  differentiableIntegers: true,
  backward: (b, { x, y_scale, y_zero_point, y, dy }, attributes, { rangeMask }) => {
    const scale = once(() => perAxis(b, y_scale, x, attributes))
    const inside = once(() => {
      const gradient = b.Div(dy, scale())
      if (!rangeMask) return gradient
      const zero = y_zero_point && perAxis(b, castLike(b, y_zero_point, x), x, attributes)
      return b.Mul(gradient, rangeMaskOf(b, x, scale(), zero, levelsOf(y ?? x)))
    })
    return {
      x: () => inside(),
      y_scale: () => b.Neg(b.Div(perScale(b, b.Mul(inside(), x), y_scale, attributes), y_scale)),
    }
  },
})

/** Of the ends of the range, which are few numbers: the tensor itself is only compared with them. */
function rangeMaskOf(
  b: GraphBuilder,
  x: Value,
  scale: Value,
  zero: Value | undefined,
  [low, high]: readonly [number, number],
) {
  const end = (level: number) => {
    const number = b.scalar(level, x.dataType)
    return b.Mul(zero ? b.Sub(number, zero) : number, scale)
  }
  return maskOf(b, b.And(b.Greater(x, end(low)), b.Less(x, end(high))), x)
}
