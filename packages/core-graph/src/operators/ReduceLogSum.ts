import { defineReduce } from './reduce.ts'

/** The logarithm of the sum over the axes (ONNX ReduceLogSum) */
export const ReduceLogSum = defineReduce('ReduceLogSum')
