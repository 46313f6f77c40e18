import { defineReduce } from './reduce.ts'

export const ReduceSumSquare = defineReduce('ReduceSumSquare')
