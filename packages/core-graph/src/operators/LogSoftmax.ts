import { attribute } from '../operator.ts'
import { defineUnaryOfInput } from './elementwise.ts'

/** output = x − ln Σ eˣ along the axis: [*s] → [*s] (ONNX LogSoftmax) */
export const LogSoftmax = defineUnaryOfInput('LogSoftmax', { axis: attribute.int(-1) })
