import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = X·Φ(X), Φ by erf or its tanh approximation: [*s] → [*s] (ONNX Gelu) */
export const Gelu = defineUnary('Gelu', { approximate: attribute.string('none') })
