import { attribute } from '../operator.ts'
import { defineUnary } from './elementwise.ts'

/** Y = X where X ≥ 0, αX elsewhere: [*s] → [*s] (ONNX LeakyRelu) */
export const LeakyRelu = defineUnary('LeakyRelu', { alpha: attribute.float(0.01) })
