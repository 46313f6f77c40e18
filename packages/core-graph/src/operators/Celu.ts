import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = max(0, X) + min(0, α(e^(X/α) − 1)): [*s] → [*s] (ONNX Celu) */
export const Celu = defineUnary('Celu', { alpha: attribute.float(1) })
