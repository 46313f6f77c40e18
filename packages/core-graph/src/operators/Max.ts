import { defineVariadic } from './elementwise.ts'

/** Element by element the greatest of all inputs, broadcast (ONNX Max) */
export const Max = defineVariadic('Max', 'max')
