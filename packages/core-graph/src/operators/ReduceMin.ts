import { defineReduce } from './reduce.ts'

/** The minimum over the axes (ONNX ReduceMin) */
export const ReduceMin = defineReduce('ReduceMin')
