import { defineElementwise } from './elementwise.ts'

export const Cos = defineElementwise('Cos')
