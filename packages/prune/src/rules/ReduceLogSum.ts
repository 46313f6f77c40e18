import { defineReduce } from './reduce.ts'

export const ReduceLogSum = defineReduce('ReduceLogSum')
