import { defineElementwise } from './elementwise.ts'

export const Sqrt = defineElementwise('Sqrt')
