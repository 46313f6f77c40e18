import { attribute, once, type Value } from '@pare/core-graph'
import { spatialAxes } from '../convolution/convolution.ts'
import { dimensionsOf, sizesOf } from '../shapes.ts'
import { defineComposite } from './composite.ts'

/**
 * The gradients of BatchNormalization in training form: with X̂ = (X − mean)·r, r = 1/√(variance + ε), and sums Σ over
 * batch and image, of M elements:
 * dB = Σ dY; dscale = Σ dY·X̂; dX = scale·r·(dY − dB/M − X̂·dscale/M) (Ioffe and Szegedy 2015, section 3).
 * X, dY, dX:[N,C,*s], all else [C]
 */
export const BatchNormalizationGradient = defineComposite({
  op: 'BatchNormalizationGradient',
  inputs: ['X', 'dY', 'scale', 'mean', 'variance'],
  outputs: ['dX', 'dscale', 'dB'],
  attributes: { epsilon: attribute.required.float() },
  types: ({ X, scale }) => ({ dX: bare(X), dscale: bare(scale), dB: bare(scale) }),
  expand: (b, { X, dY, scale, mean, variance }, { epsilon }) => {
    const others = b.ints(0, ...spatialAxes(dimensionsOf(X).slice(2)))
    const perChannel = (vector: Value) => b.Unsqueeze(vector, others)
    const sum = (value: Value) => b.ReduceSum(value, others, { keepdims: 1 })
    const vector = (value: Value) => b.Reshape(value, b.ints(-1))
    const share = (sum: Value) => b.Div(sum, b.scalar(elementsPerChannel(X), sum.dataType))

    const rate = once(() => perChannel(b.Reciprocal(b.Sqrt(b.Add(variance, b.scalar(epsilon, variance.dataType))))))
    const normalized = once(() => b.Mul(b.Sub(X, perChannel(mean)), rate()))
    const dShift = once(() => sum(dY))
    const dScale = once(() => sum(b.Mul(dY, normalized())))
    return {
      dX: () => {
        const centred = b.Sub(dY, share(dShift()))
        const free = b.Sub(centred, b.Mul(normalized(), share(dScale())))
        return b.Mul(free, b.Mul(perChannel(scale), rate()))
      },
      dscale: () => vector(dScale()),
      dB: () => vector(dShift()),
    }
  },
})

const bare = ({ dataType, shape }: Value) => ({ dataType, shape })

/** The number of elements that a channel's statistics are made of. */
const elementsPerChannel = (X: Value): number =>
  sizesOf(X).reduce((product, size, axis) => (axis === 1 ? product : product * size), 1)
