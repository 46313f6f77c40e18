import { defineAlongAxis } from './elementwise.ts'

/** output = eˣ / Σ eˣ along the axis: [*s] → [*s] (ONNX Softmax) */
export const Softmax = defineAlongAxis('Softmax')
