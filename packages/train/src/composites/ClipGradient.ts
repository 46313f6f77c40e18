import { maskOf } from '../gradients/mask.ts'
import { defineComposite } from './composite.ts'

/** d input = d output·[min < output < max]: zero at both ends, as that of ReLU6 is at 0; all of one shape */
export const ClipGradient = defineComposite({
  op: 'ClipGradient',
  inputs: ['output', 'doutput', 'min?', 'max?'],
  outputs: ['dinput'],
  attributes: {},
  types: ({ doutput: { dataType, shape } }) => ({ dinput: { dataType, shape } }),
  expand: (b, { output, doutput, min, max }) => ({
    dinput: () => {
      const above = min ? b.Mul(doutput, maskOf(b, b.Greater(output, min), doutput)) : doutput
      return max ? b.Mul(above, maskOf(b, b.Less(output, max), doutput)) : above
    },
  }),
})
