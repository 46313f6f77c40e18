import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = X where X > 0, α(eˣ − 1) elsewhere: [*s] → [*s] (ONNX Elu) */
export const Elu = defineUnary('Elu', { alpha: attribute.float(1) })
