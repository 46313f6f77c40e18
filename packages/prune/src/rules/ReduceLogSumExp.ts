import { defineReduce } from './reduce.ts'

export const ReduceLogSumExp = defineReduce('ReduceLogSumExp')
