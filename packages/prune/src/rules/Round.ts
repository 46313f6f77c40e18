import { defineElementwise } from './elementwise.ts'

export const Round = defineElementwise('Round')
