import { defineUnaryOfInput } from './elementwise.ts'

/** output = eˣ: [*s] → [*s] (ONNX Exp) */
export const Exp = defineUnaryOfInput('Exp')
