import { spatialAxes } from '../convolution/convolution.ts'
import { defineGradient } from '../gradient.ts'
import { dimensionsOf } from '../shapes.ts'
import { shared } from './spread.ts'

/** dX = dY where X = Y; equal ones share it. X:[N,C,*s], Y:[N,C,1,…] */
export const GlobalMaxPool = defineGradient({
  op: 'GlobalMaxPool',
  backward: (b, { X, Y, dY }) => ({
    X: () => shared(b, X, Y, dY, spatialAxes(dimensionsOf(X).slice(2))),
  }),
})
