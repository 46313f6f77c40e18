import type { GraphBuilder, Value } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { dimensionsOf, sizesOf } from '../shapes.ts'

/**
 * Y = scale·X̂ + B with X̂ = (X − μ)·r, r = 1/√(σ² + ε); sums Σ over batch and image, of M elements:
 * dB = Σ dY; dscale = Σ dY·X̂;
 * with the batch's own statistics dX = scale·r·(dY − dB/M − X̂·dscale/M) (Ioffe and Szegedy 2015, section 3);
 * with frozen ones dX = scale·r·dY. X, Y:[N,C,*s], all else [C].
 *
 * In training form the batch's μ and σ² are the node's own outputs, so its momentum must be 0 (`trainingForm`).
 */
export const BatchNormalization = defineGradient({
  op: 'BatchNormalization',
  trainable: ['scale', 'B'],
  backward: (b, { X, scale, input_mean, input_var, running_mean, running_var, dY }, attributes) => {
    const training = attributes.training_mode === 1
    const spatial = dimensionsOf(X).slice(2)
    const axes = b.ints(0, ...spatial.keys().map(axis => axis + 2))
    const channels = (vector: Value) => b.Unsqueeze(vector, b.ints(0, ...spatial.keys().map(axis => axis + 2)))
    const mean = channels((training ? running_mean : undefined) ?? input_mean)
    const variance = (training ? running_var : undefined) ?? input_var
    const rate = channels(b.Reciprocal(b.Sqrt(b.Add(variance, b.scalar(attributes.epsilon, variance.dataType)))))
    const normalized = once(() => b.Mul(b.Sub(X, mean), rate))
    const sum = (value: Value) => b.ReduceSum(value, axes, { keepdims: 1 })
    const dShift = once(() => sum(dY))
    const dScale = once(() => sum(b.Mul(dY, normalized())))
    const vector = (value: Value) => b.Reshape(value, b.ints(-1))
    return {
      X: () => {
        const gain = b.Mul(channels(scale), rate)
        return training
          ? b.Mul(b.Sub(b.Sub(dY, shareOf(b, dShift(), X)), b.Mul(normalized(), shareOf(b, dScale(), X))), gain)
          : b.Mul(dY, gain)
      },
      scale: () => vector(dScale()),
      B: () => vector(dShift()),
    }
  },
})

/** A channel's sum divided by the number of its elements. */
function shareOf(b: GraphBuilder, sum: Value, X: Value): Value {
  const count = sizesOf(X).reduce((product, size, axis) => (axis === 1 ? product : product * size), 1)
  return b.Mul(sum, b.scalar(1 / count, sum.dataType))
}

/** Makes a value at first use only. */
function once(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}
