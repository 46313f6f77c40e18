import { defineElementwise } from './elementwise.ts'

export const And = defineElementwise('And')
