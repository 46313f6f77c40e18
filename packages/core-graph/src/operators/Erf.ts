import { defineUnaryOfInput } from './elementwise.ts'

/** output = erf x: [*s] → [*s] (ONNX Erf) */
export const Erf = defineUnaryOfInput('Erf')
