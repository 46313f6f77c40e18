import { defineIndexOfBest } from './reduce.ts'

/** Index of the smallest element along the axis, int64 (ONNX ArgMin) */
export const ArgMin = defineIndexOfBest('ArgMin')
