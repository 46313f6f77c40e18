import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = γX where X > 0, γα(eˣ − 1) elsewhere: [*s] → [*s] (ONNX Selu) */
export const Selu = defineUnary('Selu', {
  alpha: attribute.float(1.6732631921768188),
  gamma: attribute.float(1.0507010221481323),
})
