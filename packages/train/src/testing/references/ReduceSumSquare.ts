import { defineReduction, ofSums } from './reduction.ts'

export const ReduceSumSquare = defineReduction(
  'ReduceSumSquare',
  ofSums(
    x => x * x,
    total => total,
  ),
)
