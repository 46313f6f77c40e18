import { defineGradient } from '../gradient.ts'
import { numbersOf, shapeOf, sizesOf } from '../shapes.ts'

/** d input = Σ d output over the repeats */
export const Tile = defineGradient({
  op: 'Tile',
  backward: (b, { input, repeats, doutput }) => ({
    input: () => {
      const sizes = sizesOf(input)
      const times = numbersOf(repeats)
      const each = b.Reshape(doutput, b.ints(...sizes.flatMap((size, axis) => [times[axis] ?? 1, size])))
      return b.Reshape(
        b.ReduceSum(each, b.ints(...sizes.map((_, axis) => 2 * axis)), { keepdims: 0 }),
        shapeOf(b, input),
      )
    },
  }),
})
