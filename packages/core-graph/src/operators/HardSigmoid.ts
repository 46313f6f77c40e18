import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = max(0, min(1, αX + β)): [*s] → [*s] (ONNX HardSigmoid) */
export const HardSigmoid = defineUnary('HardSigmoid', { alpha: attribute.float(0.2), beta: attribute.float(0.5) })
