import { defineAlongAxis } from './along-axis.ts'

export const Softmax = defineAlongAxis('Softmax')
