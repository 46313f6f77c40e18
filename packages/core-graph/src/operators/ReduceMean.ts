import { defineReduce } from './reduce.ts'

/** The mean over the axes (ONNX ReduceMean) */
export const ReduceMean = defineReduce('ReduceMean')
