import { defineUnary } from './elementwise.ts'

/** Y = ¬X: [*s] → [*s] (ONNX Not) */
export const Not = defineUnary('Not')
