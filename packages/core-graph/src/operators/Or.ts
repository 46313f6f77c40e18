import { defineBinary } from './elementwise.ts'

/** C = A ∨ B, broadcast (ONNX Or) */
export const Or = defineBinary('Or', { result: 'bool' })
