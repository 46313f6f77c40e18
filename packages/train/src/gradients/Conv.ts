import { windowOf } from '@pare/core-graph'
import { ConvInputGradient } from '../composites/ConvInputGradient.ts'
import { ConvWeightGradient } from '../composites/ConvWeightGradient.ts'
import { addComposite } from '../composites/composite.ts'
import { spatialAxes } from '../convolution/convolution.ts'
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
      X: () => addComposite(b, ConvInputGradient, { W, dY }, conv).dX,
      W: () => addComposite(b, ConvWeightGradient, { X, dY }, conv).dW,
      B: () => b.ReduceSum(dY, b.ints(0, ...spatialAxes(image)), { keepdims: 0 }),
    }
  },
})
