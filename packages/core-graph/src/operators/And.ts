import { defineBinary } from './elementwise.ts'

/** C = A ∧ B, broadcast (ONNX And) */
export const And = defineBinary('And', { result: 'bool' })
