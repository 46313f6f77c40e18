import { defineReduction, ofSums } from './reduction.ts'

export const ReduceMean = defineReduction(
  'ReduceMean',
  ofSums(
    x => x,
    (total, count) => total / count,
  ),
)
