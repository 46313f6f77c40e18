import { defineReduce } from './reduce.ts'

export const ReduceL2 = defineReduce('ReduceL2')
