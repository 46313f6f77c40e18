import { defineUnaryOfInput } from './elementwise.ts'

/** output = tan x: [*s] → [*s] (ONNX Tan) */
export const Tan = defineUnaryOfInput('Tan')
