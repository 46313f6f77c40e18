import { defineElementwise } from './elementwise.ts'

export const Mul = defineElementwise('Mul')
