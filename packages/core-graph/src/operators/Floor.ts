import { defineUnary } from './elementwise.ts'

/** Y = ⌊X⌋: [*s] → [*s] (ONNX Floor) */
export const Floor = defineUnary('Floor')
