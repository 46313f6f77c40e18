import { defineUnary } from './elementwise.ts'

/** Y = X rounded, halves to even: [*s] → [*s] (ONNX Round) */
export const Round = defineUnary('Round')
