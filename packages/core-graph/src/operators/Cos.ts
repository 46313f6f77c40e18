import { defineUnaryOfInput } from './elementwise.ts'

/** output = cos x: [*s] → [*s] (ONNX Cos) */
export const Cos = defineUnaryOfInput('Cos')
