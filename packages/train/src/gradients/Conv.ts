import { windowOf } from '@pare/core-graph'
import { spatialAxes } from '../convolution/convolution.ts'
import { inputGradient } from '../convolution/input-gradient.ts'
import { weightGradient } from '../convolution/weight-gradient.ts'
import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/**
 * dX = dY convolved with W turned round; dW = X correlated with dY; dB = Σ dY over batch and image.
 * X:[N,C,*s], W:[O,C/group,*k], B:[O], Y:[N,O,*s′]
 */
export const Conv = defineGradient({
  op: 'Conv',
  trainable: ['W', 'B'],
  backward: (b, { X, W, dY }, attributes) => {
    const [batch = 1, channels = 1, ...image] = sizesOf(X)
    const [outputs = 1, , ...kernel] = sizesOf(W)
    const { strides, dilations, pads = [] } = windowOf(image, { ...attributes, kernel_shape: kernel })
    const result = sizesOf(dY).slice(2)
    const conv = { batch, channels, outputs, group: attributes.group, image, result, kernel, strides, dilations, pads }
    return {
      X: () => inputGradient(b, W, dY, conv),
      W: () => weightGradient(b, X, dY, conv),
      B: () => b.ReduceSum(dY, b.ints(0, ...spatialAxes(image)), { keepdims: 0 }),
    }
  },
})
