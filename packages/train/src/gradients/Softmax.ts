import { defineGradient } from '../gradient.ts'

/** d input = output·(d output − Σ d output·output), the sum over the axis */
export const Softmax = defineGradient({
  op: 'Softmax',
  backward: (b, { output, doutput }, { axis }) => ({
    input: () => {
      const sum = b.ReduceSum(b.Mul(doutput, output), b.ints(axis), { keepdims: 1 })
      return b.Mul(output, b.Sub(doutput, sum))
    },
  }),
})
