import { defineReduce } from './reduce.ts'

/** The logarithm of the sum of the exponentials over the axes (ONNX ReduceLogSumExp) */
export const ReduceLogSumExp = defineReduce('ReduceLogSumExp')
