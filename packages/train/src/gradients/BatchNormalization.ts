import { type GraphBuilder, once, type Value } from '@pare/core-graph'
import { BatchNormalizationGradient } from '../composites/BatchNormalizationGradient.ts'
import { addComposite } from '../composites/composite.ts'
import { spatialAxes } from '../convolution/convolution.ts'
import { defineGradient } from '../gradient.ts'
import { dimensionsOf } from '../shapes.ts'

/**
 * Y = scale·X̂ + B with X̂ = (X − μ)·r, r = 1/√(σ² + ε). With the batch's own statistics: BatchNormalizationGradient;
 * with frozen ones dX = scale·r·dY, dscale = Σ dY·X̂, dB = Σ dY over batch and image. X, Y:[N,C,*s], all else [C].
 *
 * The batch's μ and σ² are the node's own outputs where its momentum is 0 (`trainingForm`), and computed anew elsewhere.
 */
export const BatchNormalization = defineGradient({
  op: 'BatchNormalization',
  trainable: ['scale', 'B'],
  backward: (b, { X, scale, input_mean, input_var, running_mean, running_var, dY }, attributes) => {
    const { training_mode, momentum, epsilon } = attributes
    const others = b.ints(0, ...spatialAxes(dimensionsOf(X).slice(2)))
    const perChannel = (vector: Value) => b.Unsqueeze(vector, others)
    const sum = (value: Value) => b.ReduceSum(value, others, { keepdims: 0 })
    if (training_mode === 1) {
      const average = (value: Value) => b.ReduceMean(value, others, { keepdims: 0 })
      const own = momentum === 0 && running_mean && running_var && { mean: running_mean, variance: running_var }
      const made = once(() => {
        const mean = own ? own.mean : average(X)
        const variance = own ? own.variance : average(square(b, b.Sub(X, perChannel(mean))))
        return addComposite(b, BatchNormalizationGradient, { X, dY, scale, mean, variance }, { epsilon })
      })
      return { X: () => made().dX, scale: () => made().dscale, B: () => (own ? made().dB : sum(dY)) }
    }
    const rate = once(() => b.Reciprocal(b.Sqrt(b.Add(input_var, b.scalar(epsilon, input_var.dataType)))))
    return {
      X: () => b.Mul(dY, perChannel(b.Mul(scale, rate()))),
      scale: () => b.Mul(sum(b.Mul(dY, b.Sub(X, perChannel(input_mean)))), rate()),
      B: () => sum(dY),
    }
  },
})

const square = (b: GraphBuilder, value: Value): Value => b.Mul(value, value)
