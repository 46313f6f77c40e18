import { defineGradient } from '../gradient.ts'

/** d input = d output / (1 + |input|)² */
export const Softsign = defineGradient({
  op: 'Softsign',
  backward: (b, { input, doutput }) => ({
    input: () => {
      const root = b.Add(b.Abs(input), b.scalar(1, input.dataType))
      return b.Div(doutput, b.Mul(root, root))
    },
  }),
})
