import { defineReduce } from './reduce.ts'

/** The product over the axes (ONNX ReduceProd) */
export const ReduceProd = defineReduce('ReduceProd')
