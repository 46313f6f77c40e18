import { defineBinary } from './elementwise.ts'

/** C = A ≠ B, broadcast (ONNX Xor) */
export const Xor = defineBinary('Xor', { result: 'bool' })
