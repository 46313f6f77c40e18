import { defineElementwise } from './elementwise.ts'

export const Reciprocal = defineElementwise('Reciprocal', 'X', x => 1 / x)
