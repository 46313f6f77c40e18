import { defineElementwise } from './elementwise.ts'

export const Pow = defineElementwise('Pow')
