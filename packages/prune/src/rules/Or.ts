import { defineElementwise } from './elementwise.ts'

export const Or = defineElementwise('Or')
