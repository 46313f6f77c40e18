import { defineReduce } from './reduce.ts'

export const ReduceMax = defineReduce('ReduceMax')
