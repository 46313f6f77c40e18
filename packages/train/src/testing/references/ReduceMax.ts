import { fold } from '../nd.ts'
import { defineReduction } from './reduction.ts'

export const ReduceMax = defineReduction('ReduceMax', (data, axes) =>
  fold(data, axes, Number.NEGATIVE_INFINITY, Math.max),
)
