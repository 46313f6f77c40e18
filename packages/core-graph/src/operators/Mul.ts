import { defineBinary, numeric } from './elementwise.ts'

/** C = A · B, broadcast (ONNX Mul) */
export const Mul = defineBinary('Mul', {
  fold: (a, b) => (a === 1 ? b : numeric((x, y) => x * y, 1)(a, b)),
})
