import { defineUnary } from './elementwise.ts'

/** Y = ln(1 + eˣ): [*s] → [*s] (ONNX Softplus) */
export const Softplus = defineUnary('Softplus')
