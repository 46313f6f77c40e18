import { defineAlongAxis } from './elementwise.ts'

/** output = 1 at the first greatest element along the axis, 0 elsewhere: [*s] → [*s] (ONNX Hardmax) */
export const Hardmax = defineAlongAxis('Hardmax')
