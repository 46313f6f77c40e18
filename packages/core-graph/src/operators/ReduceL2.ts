import { defineReduce } from './reduce.ts'

/** The root of the sum of the squares over the axes (ONNX ReduceL2) */
export const ReduceL2 = defineReduce('ReduceL2')
