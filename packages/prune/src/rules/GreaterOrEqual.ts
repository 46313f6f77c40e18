import { defineElementwise } from './elementwise.ts'

export const GreaterOrEqual = defineElementwise('GreaterOrEqual')
