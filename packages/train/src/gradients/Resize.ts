import { defineGradient } from '../gradient.ts'
import { dimensionsOf, numbersOf, sizesAlong } from '../shapes.ts'
import { mixed } from './along-axis.ts'
import { interpolation } from './interpolation.ts'

/**
 * Y = X times a constant matrix `[size, size′]` along each axis that changes, since nearest and linear interpolation
 * treat one axis after the other: dX = dY times their transposes. X:[*s], Y:[*s′]
 */
export const Resize = defineGradient({
  op: 'Resize',
  backward: (b, { X, roi, scales, Y, dY }, attributes) => ({
    X: () => {
      const { length: rank } = dimensionsOf(X)
      const along = attributes.axes?.map(axis => (axis < 0 ? axis + rank : axis)) ?? [...dimensionsOf(X).keys()]
      const [from, to] = [sizesAlong(X, along), sizesAlong(Y ?? dY, along)]
      const factors = scales && scales.shape?.[0] !== 0 ? numbersOf(scales) : []
      const region = attributes.coordinate_transformation_mode === 'tf_crop_and_resize' && roi ? numbersOf(roi) : []
      return along.reduce((gradient, axis, index) => {
        const [size = 1, resized = 1] = [from[index], to[index]]
        const scale = factors[index] ?? Math.fround(resized / size)
        const [start, end] = [region[index], region[index + along.length]]
        // An axis that keeps its size is taken as it is, whatever part of it is asked for.
        if (size === resized && scale === 1) return gradient
        return mixed(b, gradient, axis, interpolation({ size, resized, scale, start, end }, attributes, X))
      }, dY)
    },
  }),
})
