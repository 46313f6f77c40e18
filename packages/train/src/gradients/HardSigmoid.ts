import { defineGradient } from '../gradient.ts'
import { maskOf } from './mask.ts'

/** dX = α·dY·[0 < Y < 1] */
export const HardSigmoid = defineGradient({
  op: 'HardSigmoid',
  backward: (b, { Y, dY }, { alpha }) => ({
    X: () => {
      const isBetween = b.And(b.Greater(Y, b.scalar(0, Y.dataType)), b.Less(Y, b.scalar(1, Y.dataType)))
      return b.Mul(b.Mul(dY, b.scalar(alpha, dY.dataType)), maskOf(b, isBetween, dY))
    },
  }),
})
