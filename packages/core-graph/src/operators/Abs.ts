import { defineUnary } from './elementwise.ts'

/** Y = |X|: [*s] → [*s] (ONNX Abs) */
export const Abs = defineUnary('Abs')
