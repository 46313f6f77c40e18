import { defineUnaryOfInput } from './elementwise.ts'

/** output = −1, 0 or 1: [*s] → [*s] (ONNX Sign) */
export const Sign = defineUnaryOfInput('Sign')
