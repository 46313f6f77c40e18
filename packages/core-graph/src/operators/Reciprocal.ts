import { defineUnary } from './elementwise.ts'

/** Y = 1 / X: [*s] → [*s] (ONNX Reciprocal) */
export const Reciprocal = defineUnary('Reciprocal')
