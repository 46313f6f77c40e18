import { ClipGradient } from '../composites/ClipGradient.ts'
import { addComposite } from '../composites/composite.ts'
import { defineGradient } from '../gradient.ts'

/** d input = d output · [min < output < max]: zero at both ends, as that of ReLU6 is at 0 */
export const Clip = defineGradient({
  op: 'Clip',
  backward: (b, { min, max, output, doutput }) => ({
    input: () => (min || max ? addComposite(b, ClipGradient, { output, doutput, min, max }, {}).dinput : doutput),
  }),
})
