import { defineElementwise } from './elementwise.ts'

export const Ceil = defineElementwise('Ceil')
