import { defineBinary } from './elementwise.ts'

/** C = A > B, broadcast (ONNX Greater) */
export const Greater = defineBinary('Greater', { result: 'bool' })
