import { defineBinary } from './elementwise.ts'

/** C = A < B, broadcast (ONNX Less) */
export const Less = defineBinary('Less', { result: 'bool' })
