import { defineElementwise } from './elementwise.ts'

export const Tan = defineElementwise('Tan')
