import { defineReduce } from './reduce.ts'

/** The maximum over the axes (ONNX ReduceMax) */
export const ReduceMax = defineReduce('ReduceMax')
