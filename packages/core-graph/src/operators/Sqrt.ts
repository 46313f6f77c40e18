import { defineUnary } from './elementwise.ts'

/** Y = √X: [*s] → [*s] (ONNX Sqrt) */
export const Sqrt = defineUnary('Sqrt')
