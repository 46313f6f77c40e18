import { defineUnaryOfInput } from './elementwise.ts'

/** output = sin x: [*s] → [*s] (ONNX Sin) */
export const Sin = defineUnaryOfInput('Sin')
