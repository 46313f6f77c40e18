import { defineReduce } from './reduce.ts'

/** The sum of the squares over the axes (ONNX ReduceSumSquare) */
export const ReduceSumSquare = defineReduce('ReduceSumSquare')
