import { attribute, elementCount } from '@pare/core-graph'
import { sizesOf } from '../shapes.ts'
import { defineComposite } from './composite.ts'

/** dX of Y = MaxPool(X): each dY added at the pixel that was the largest of its window, the first of them. X:[N,C,*s], Y:[N,C,*s′] */
export const MaxPoolGradient = defineComposite({
  op: 'MaxPoolGradient',
  inputs: ['X', 'Y', 'dY'],
  outputs: ['dX'],
  attributes: {
    ceil_mode: attribute.int(0),
    kernel: attribute.required.ints(),
    strides: attribute.required.ints(),
    dilations: attribute.required.ints(),
    pads: attribute.required.ints(),
  },
  types: ({ X: { dataType, shape } }) => ({ dX: { dataType, shape } }),
  expand: (b, { X, Y, dY }, { kernel, ...attributes }) => ({
    dX: () => {
      const sizes = sizesOf(X)
      // Run again for the places of the largest, counted through the whole of X.
      const [, places = Y] = b.node('MaxPool', [X], { ...attributes, kernel_shape: kernel }, { outputCount: 2 })
      const zeros = b.Expand(b.scalar(0, X.dataType), b.ints(elementCount(sizes)))
      const flat = b.ints(-1)
      const sums = b.ScatterElements(zeros, b.Reshape(places, flat), b.Reshape(dY, flat), { axis: 0, reduction: 'add' })
      return b.Reshape(sums, b.ints(...sizes))
    },
  }),
})
