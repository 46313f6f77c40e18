import { defineVariadic } from './elementwise.ts'

/** Element by element the sum of all inputs, broadcast (ONNX Sum) */
export const Sum = defineVariadic('Sum', 'sum')
