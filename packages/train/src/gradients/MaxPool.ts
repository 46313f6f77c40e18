import { elementCount } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/** dX = each dY added at the pixel that was the largest of its window (the first of them); X:[N,C,*s], Y:[N,C,*s′] */
export const MaxPool = defineGradient({
  op: 'MaxPool',
  backward: (b, { X, Y, dY }, attributes) => ({
    X: () => {
      const sizes = sizesOf(X)
      // Run again for the places of the largest, counted through the whole of X.
      const [, places = Y] = b.node('MaxPool', [X], { ...attributes, storage_order: 0 }, { outputCount: 2 })
      const zeros = b.Expand(b.scalar(0, X.dataType), b.ints(elementCount(sizes)))
      const flat = b.ints(-1)
      const sums = b.ScatterElements(zeros, b.Reshape(places, flat), b.Reshape(dY, flat), { axis: 0, reduction: 'add' })
      return b.Reshape(sums, b.ints(...sizes))
    },
  }),
})
