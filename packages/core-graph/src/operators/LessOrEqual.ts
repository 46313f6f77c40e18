import { defineBinary } from './elementwise.ts'

/** C = A ≤ B, broadcast (ONNX LessOrEqual) */
export const LessOrEqual = defineBinary('LessOrEqual', { result: 'bool' })
