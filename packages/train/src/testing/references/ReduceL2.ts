import { defineReduction, ofSums } from './reduction.ts'

export const ReduceL2 = defineReduction(
  'ReduceL2',
  ofSums(x => x * x, Math.sqrt),
)
