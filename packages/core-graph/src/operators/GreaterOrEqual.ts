import { defineBinary } from './elementwise.ts'

/** C = A ≥ B, broadcast (ONNX GreaterOrEqual) */
export const GreaterOrEqual = defineBinary('GreaterOrEqual', { result: 'bool' })
