import { defineGradient } from '../gradient.ts'
import { dimensionsOf } from '../shapes.ts'

/** d data = d transposed under the inverse permutation */
export const Transpose = defineGradient({
  op: 'Transpose',
  backward: (b, { data, dtransposed }, { perm }) => ({
    data: () => {
      const order = perm ?? dimensionsOf(data).map((_, axis, { length }) => length - 1 - axis)
      return b.Transpose(dtransposed, { perm: order.map((_, axis) => order.indexOf(axis)) })
    },
  }),
})
