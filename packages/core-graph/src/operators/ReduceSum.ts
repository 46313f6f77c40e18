import { defineReduce } from './reduce.ts'

/** The sum over the axes (ONNX ReduceSum) */
export const ReduceSum = defineReduce('ReduceSum')
