import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = X where X > α, 0 elsewhere: [*s] → [*s] (ONNX ThresholdedRelu) */
export const ThresholdedRelu = defineUnary('ThresholdedRelu', { alpha: attribute.float(1) })
