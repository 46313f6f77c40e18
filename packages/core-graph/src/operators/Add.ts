import { defineBinary, numeric } from './elementwise.ts'

/** C = A + B, broadcast (ONNX Add) */
export const Add = defineBinary('Add', { fold: numeric((a, b) => a + b, 0) })
