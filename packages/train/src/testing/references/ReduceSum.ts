import { defineReduction } from './reduction.ts'

export const ReduceSum = defineReduction('ReduceSum', sum => sum)
