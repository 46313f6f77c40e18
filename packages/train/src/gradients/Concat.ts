import { defineGradient } from '../gradient.ts'
import { positiveAxes, sizesOf } from '../shapes.ts'

/** d inputs[i] = the part of d concat_result that it became */
export const Concat = defineGradient({
  op: 'Concat',
  backward: (b, { inputs, dconcat_result }, { axis }) => ({
    inputs: (index: number) => {
      const lengths = inputs.map(input => {
        const sizes = sizesOf(input)
        const [along = 0] = positiveAxes([axis], sizes.length)
        return sizes[along] ?? 0
      })
      const start = lengths.slice(0, index).reduce((sum, length) => sum + length, 0)
      return b.Slice(dconcat_result, b.ints(start), b.ints(start + (lengths[index] ?? 0)), b.ints(axis))
    },
  }),
})
