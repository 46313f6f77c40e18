import { defineVariadic } from './elementwise.ts'

/** Element by element the mean of all inputs, broadcast (ONNX Mean) */
export const Mean = defineVariadic('Mean', 'mean')
