import { defineUnary } from './elementwise.ts'

/** Y = ⌈X⌉: [*s] → [*s] (ONNX Ceil) */
export const Ceil = defineUnary('Ceil')
