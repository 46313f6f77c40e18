import { defineElementwise } from './elementwise.ts'

export const Reciprocal = defineElementwise('Reciprocal')
