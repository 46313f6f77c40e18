import { defineElementwise } from './elementwise.ts'

export const Sign = defineElementwise('Sign')
