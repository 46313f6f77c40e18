import { elementCount } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { sizesOf } from '../shapes.ts'

/**
 * d data = each slice of d output added where it was taken from; data:[*s,n,*t], indices:[*i], output:[*s,*i,*t].
 * By ScatterElements: onnxruntime's ScatterND adds in parallel without a lock, and loses what two threads add at once.
 */
export const Gather = defineGradient({
  op: 'Gather',
  trainable: ['data'],
  backward: (b, { data, indices, doutput }, { axis }) => ({
    data: () => {
      const [sizes, taken] = [sizesOf(data), sizesOf(indices)]
      const along = axis < 0 ? axis + sizes.length : axis
      const updates = sizes.with(along, elementCount(taken))
      const column = b.Reshape(indices, b.ints(...sizes.map((_, place) => (place === along ? -1 : 1))))
      return b.ScatterElements(
        b.Expand(b.scalar(0, doutput.dataType), b.ints(...sizes)),
        b.Expand(column, b.ints(...updates)),
        b.Reshape(doutput, b.ints(...updates)),
        { axis: along, reduction: 'add' },
      )
    },
  }),
})
