import type { GraphBuilder, Value } from '@pare/core-graph'
import { spatialAxes } from '../convolution/convolution.ts'
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
  backward: (b, { X, scale, input_mean, input_var, running_mean, running_var, dY }, { training_mode, epsilon }) => {
    const training = training_mode === 1
    const others = b.ints(0, ...spatialAxes(dimensionsOf(X).slice(2)))
    const perChannel = (vector: Value) => b.Unsqueeze(vector, others)
    const sum = (value: Value) => b.ReduceSum(value, others, { keepdims: 1 })
    const vector = (value: Value) => b.Reshape(value, b.ints(-1))

    const mean = perChannel((training && running_mean) || input_mean)
    const variance = (training && running_var) || input_var
    const rate = perChannel(b.Reciprocal(b.Sqrt(b.Add(variance, b.scalar(epsilon, variance.dataType)))))
    const normalized = once(() => b.Mul(b.Sub(X, mean), rate))
    const dShift = once(() => sum(dY))
    const dScale = once(() => sum(b.Mul(dY, normalized())))
    return {
      X: () => {
        const gain = b.Mul(perChannel(scale), rate)
        if (!training) return b.Mul(dY, gain)
        const centred = b.Sub(dY, shareOf(b, dShift(), X))
        return b.Mul(b.Sub(centred, b.Mul(normalized(), shareOf(b, dScale(), X))), gain)
      },
      scale: () => vector(dScale()),
      B: () => vector(dShift()),
    }
  },
})

/** A channel's sum divided by the number of its elements. */
function shareOf(b: GraphBuilder, sum: Value, X: Value): Value {
  const elements = sizesOf(X).reduce((product, size, axis) => (axis === 1 ? product : product * size), 1)
  return b.Mul(sum, b.scalar(1 / elements, sum.dataType))
}

/** Makes a value at first use only. */
function once(make: () => Value): () => Value {
  let made: Value | undefined
  return () => {
    made ??= make()
    return made
  }
}
