import { defineGradient } from '../gradient.ts'
import { maskOf } from './mask.ts'

/** d input = d output · [min < input < max]: zero at both ends, as that of ReLU6 is at 0 */
export const Clip = defineGradient({
  op: 'Clip',
  backward: (b, { input, min, max, doutput }) => ({
    input: () => {
      const above = min ? b.Mul(doutput, maskOf(b, b.Greater(input, min), doutput)) : doutput
      return max ? b.Mul(above, maskOf(b, b.Less(input, max), doutput)) : above
    },
  }),
})
