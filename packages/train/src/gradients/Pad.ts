import { defineGradient } from '../gradient.ts'
import { dimensionsOf, numbersOf, sizesAlong } from '../shapes.ts'
import { mixed, padsAlong } from './along-axis.ts'

/** d data = d output without the border; where the border repeats elements (edge, reflect, wrap), added up at these */
export const Pad = defineGradient({
  op: 'Pad',
  backward: (b, { data, pads, axes, doutput }, { mode }) => ({
    data: () => {
      const sides = numbersOf(pads)
      const { length: rank } = dimensionsOf(data)
      const along = axes ? numbersOf(axes).map(axis => (axis < 0 ? axis + rank : axis)) : [...dimensionsOf(data).keys()]
      if (mode === 'constant') return b.Pad(doutput, b.ints(...padsAlong(rank, along, sides).map(side => -side)))
      const sizes = sizesAlong(data, along)
      return along.reduce((gradient, axis, index) => {
        const [begin = 0, end = 0, size = 1] = [sides[index], sides[index + along.length], sizes[index]]
        if (begin === 0 && end === 0) return gradient
        const sources = Array.from({ length: begin + size + end }, (_, place) => sourceOf(mode, place - begin, size))
        const matrix = sources.map(source => Array.from({ length: size }, (_, place) => Number(place === source)))
        return mixed(b, gradient, axis, matrix)
      }, doutput)
    },
  }),
})

/** The element along an axis that a place of the padded one repeats. */
function sourceOf(mode: string, place: number, size: number): number {
  if (mode === 'edge') return Math.min(size - 1, Math.max(0, place))
  const period = mode === 'reflect' ? Math.max(1, 2 * (size - 1)) : size
  const within = ((place % period) + period) % period
  return within < size ? within : period - within
}
