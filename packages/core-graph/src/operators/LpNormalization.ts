import { attribute } from '../operator.ts'
import { defineUnaryOfInput } from './elementwise.ts'

/** output = x / ‖x‖ₚ along the axis: [*s] → [*s] (ONNX LpNormalization) */
export const LpNormalization = defineUnaryOfInput('LpNormalization', { axis: attribute.int(-1), p: attribute.int(2) })
