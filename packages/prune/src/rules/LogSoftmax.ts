import { defineAlongAxis } from './along-axis.ts'

export const LogSoftmax = defineAlongAxis('LogSoftmax')
