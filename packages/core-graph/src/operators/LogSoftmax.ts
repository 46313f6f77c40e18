import { defineAlongAxis } from './elementwise.ts'

/** output = x − ln Σ eˣ along the axis: [*s] → [*s] (ONNX LogSoftmax) */
export const LogSoftmax = defineAlongAxis('LogSoftmax')
