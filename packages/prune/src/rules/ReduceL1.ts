import { defineReduce } from './reduce.ts'

export const ReduceL1 = defineReduce('ReduceL1')
