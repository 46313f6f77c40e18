import { defineGradient } from '../gradient.ts'

/** d input = d output − exp(output)·Σ d output, the sum over the axis */
export const LogSoftmax = defineGradient({
  op: 'LogSoftmax',
  backward: (b, { output, doutput }, { axis }) => ({
    input: () => b.Sub(doutput, b.Mul(b.Exp(output), b.ReduceSum(doutput, b.ints(axis), { keepdims: 1 }))),
  }),
})
