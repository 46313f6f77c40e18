import { defineReduction, ofSums } from './reduction.ts'

export const ReduceSum = defineReduction(
  'ReduceSum',
  ofSums(
    x => x,
    total => total,
  ),
)
