import { defineGradient } from '../gradient.ts'

/** dX = d output where the condition holds, dY = d output where it does not */
export const Where = defineGradient({
  op: 'Where',
  backward: (b, { condition, doutput }) => ({
    X: () => b.Where(condition, doutput, b.scalar(0, doutput.dataType)),
    Y: () => b.Where(condition, b.scalar(0, doutput.dataType), doutput),
  }),
})
