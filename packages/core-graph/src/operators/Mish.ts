import { defineUnary } from './elementwise.ts'

/** Y = X·tanh(ln(1 + eˣ)): [*s] → [*s] (ONNX Mish) */
export const Mish = defineUnary('Mish')
