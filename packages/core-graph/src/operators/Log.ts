import { defineUnaryOfInput } from './elementwise.ts'

/** output = ln x: [*s] → [*s] (ONNX Log) */
export const Log = defineUnaryOfInput('Log')
