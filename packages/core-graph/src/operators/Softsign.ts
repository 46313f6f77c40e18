import { defineUnaryOfInput } from './elementwise.ts'

/** output = x / (1 + |x|): [*s] → [*s] (ONNX Softsign) */
export const Softsign = defineUnaryOfInput('Softsign')
