import { defineElementwise } from './elementwise.ts'

export const LessOrEqual = defineElementwise('LessOrEqual')
