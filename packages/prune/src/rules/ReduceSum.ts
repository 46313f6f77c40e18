import { defineReduce } from './reduce.ts'

export const ReduceSum = defineReduce('ReduceSum')
