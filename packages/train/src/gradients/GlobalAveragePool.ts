import { defineGradient } from '../gradient.ts'
import { shapeOf, sizesOf } from '../shapes.ts'

/** dX = dY / (H·W), repeated over the image; X:[N,C,H,W], Y:[N,C,1,1] */
export const GlobalAveragePool = defineGradient({
  op: 'GlobalAveragePool',
  backward: (b, { X, dY }) => ({
    X: () => {
      const [, , ...spatial] = sizesOf(X)
      const area = spatial.reduce((product, size) => product * size, 1)
      return b.Expand(b.Div(dY, b.scalar(area, dY.dataType)), shapeOf(b, X))
    },
  }),
})
