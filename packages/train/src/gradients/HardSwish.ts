import { defineGradient } from '../gradient.ts'
import { maskOf } from './mask.ts'

/** dX = dY·(X/3 + ½) where |X| < 3, dY·[X > 0] elsewhere (Howard et al. 2019, "Searching for MobileNetV3", 5.2) */
export const HardSwish = defineGradient({
  op: 'HardSwish',
  backward: (b, { X, dY }) => ({
    X: () => {
      const number = (value: number) => b.scalar(value, X.dataType)
      const bend = b.Add(b.Div(X, number(3)), number(0.5))
      const ends = maskOf(b, b.Greater(X, number(0)), X)
      return b.Mul(dY, b.Where(b.Less(b.Abs(X), number(3)), bend, ends))
    },
  }),
})
