import { defineUnaryOfInput } from './elementwise.ts'

/** output = tanh x: [*s] → [*s] (ONNX Tanh) */
export const Tanh = defineUnaryOfInput('Tanh')
