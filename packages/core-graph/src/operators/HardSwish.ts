import { defineUnary } from './elementwise.ts'

/** Y = X·max(0, min(1, X/6 + 1/2)): [*s] → [*s] (ONNX HardSwish) */
export const HardSwish = defineUnary('HardSwish')
