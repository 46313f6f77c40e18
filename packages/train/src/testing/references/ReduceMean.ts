import { defineReduction } from './reduction.ts'

export const ReduceMean = defineReduction('ReduceMean', (sum, count) => sum / count)
