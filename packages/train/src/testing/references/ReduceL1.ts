import { defineReduction, ofSums } from './reduction.ts'

export const ReduceL1 = defineReduction(
  'ReduceL1',
  ofSums(Math.abs, total => total),
)
