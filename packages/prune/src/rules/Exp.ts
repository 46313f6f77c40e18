import { defineElementwise } from './elementwise.ts'

export const Exp = defineElementwise('Exp')
