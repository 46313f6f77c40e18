import { windowOf } from '@pare/core-graph'
import { addComposite } from '../composites/composite.ts'
import { MaxPoolGradient } from '../composites/MaxPoolGradient.ts'
import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/** dX = each dY added at the pixel that was the largest of its window (the first of them); X:[N,C,*s], Y:[N,C,*s′] */
export const MaxPool = defineGradient({
  op: 'MaxPool',
  backward: (b, { X, Y, dY }, attributes) => ({
    X: () => {
      const { kernel, strides, dilations, pads = [] } = windowOf(sizesOf(X).slice(2), attributes)
      const { ceil_mode } = attributes
      return addComposite(b, MaxPoolGradient, { X, Y, dY }, { ceil_mode, kernel, strides, dilations, pads }).dX
    },
  }),
})
