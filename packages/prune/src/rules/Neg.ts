import { defineElementwise } from './elementwise.ts'

export const Neg = defineElementwise('Neg')
