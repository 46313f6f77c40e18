import { defineBinary, numeric } from './elementwise.ts'

/** C = A − B, broadcast (ONNX Sub) */
export const Sub = defineBinary('Sub', { fold: numeric((a, b) => a - b, 0) })
