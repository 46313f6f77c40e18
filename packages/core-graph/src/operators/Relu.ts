import { defineUnary } from './elementwise.ts'

/** Y = max(X, 0): [*s] → [*s] (ONNX Relu) */
export const Relu = defineUnary('Relu')
