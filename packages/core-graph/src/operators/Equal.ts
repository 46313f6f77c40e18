import { defineBinary } from './elementwise.ts'

/** C = A = B, broadcast (ONNX Equal) */
export const Equal = defineBinary('Equal', { result: 'bool' })
