import { defineAlongAxis } from './along-axis.ts'

export const Hardmax = defineAlongAxis('Hardmax')
