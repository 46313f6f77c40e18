import { attribute } from '../operator.ts'
import { defineUnaryOfInput } from './elementwise.ts'

/** output = eˣ / Σ eˣ along the axis: [*s] → [*s] (ONNX Softmax) */
export const Softmax = defineUnaryOfInput('Softmax', { axis: attribute.int(-1) })
