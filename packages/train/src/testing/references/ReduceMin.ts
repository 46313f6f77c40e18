import { fold } from '../nd.ts'
import { defineReduction } from './reduction.ts'

export const ReduceMin = defineReduction('ReduceMin', (data, axes) =>
  fold(data, axes, Number.POSITIVE_INFINITY, Math.min),
)
