import { defineIndexOfBest } from './reduce.ts'

/** Index of the greatest element along the axis, int64 (ONNX ArgMax) */
export const ArgMax = defineIndexOfBest('ArgMax')
