import { defineGradient } from '../gradient.ts'
import { numbersOf, sizesAlong } from '../shapes.ts'
import { stretched } from './along-axis.ts'

/** d data = d output at the places that were taken, zeros elsewhere; axis by axis */
export const Slice = defineGradient({
  op: 'Slice',
  backward: (b, { data, starts, ends, axes, steps, doutput }) => ({
    data: () => {
      const [first, last] = [numbersOf(starts), numbersOf(ends)]
      const along = axes ? numbersOf(axes) : [...first.keys()]
      const strides = steps ? numbersOf(steps) : first.map(() => 1)
      const sizes = sizesAlong(data, along)
      return along.reduce((gradient, axis, index) => {
        const size = sizes[index] ?? 0
        return stretched(
          b,
          gradient,
          axis,
          size,
          placesOf(size, first[index] ?? 0, last[index] ?? 0, strides[index] ?? 1),
        )
      }, doutput)
    },
  }),
})

/** The places that a slice takes along one axis: ends count from the back when negative and stop where the axis does. */
function placesOf(size: number, start: number, end: number, step: number): readonly number[] {
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const bound = (value: number) => Math.min(high, Math.max(low, value < 0 ? value + size : value))
  const first = bound(start)
  const count = Math.max(0, Math.ceil((bound(end) - first) / step))
  return Array.from({ length: count }, (_, index) => first + index * step)
}
