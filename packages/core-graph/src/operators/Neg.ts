import { defineUnary } from './elementwise.ts'

/** Y = −X: [*s] → [*s] (ONNX Neg) */
export const Neg = defineUnary('Neg')
