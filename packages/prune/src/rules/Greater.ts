import { defineElementwise } from './elementwise.ts'

export const Greater = defineElementwise('Greater')
