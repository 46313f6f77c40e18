import { defineVariadic } from './elementwise.ts'

/** Element by element the smallest of all inputs, broadcast (ONNX Min) */
export const Min = defineVariadic('Min', 'min')
