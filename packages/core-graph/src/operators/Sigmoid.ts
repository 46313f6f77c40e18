import { defineUnary } from './elementwise.ts'

/** Y = 1 / (1 + e⁻ˣ): [*s] → [*s] (ONNX Sigmoid) */
export const Sigmoid = defineUnary('Sigmoid')
