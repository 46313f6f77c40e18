import { defineAlongAxis } from './along-axis.ts'

export const LpNormalization = defineAlongAxis('LpNormalization')
