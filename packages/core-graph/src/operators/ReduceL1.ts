import { defineReduce } from './reduce.ts'

/** The sum of the magnitudes over the axes (ONNX ReduceL1) */
export const ReduceL1 = defineReduce('ReduceL1')
