import { defineReduce } from './reduce.ts'

export const ReduceMin = defineReduce('ReduceMin')
