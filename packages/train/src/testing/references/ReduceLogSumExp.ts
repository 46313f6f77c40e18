import { defineReduction, ofSums } from './reduction.ts'

export const ReduceLogSumExp = defineReduction('ReduceLogSumExp', ofSums(Math.exp, Math.log))
