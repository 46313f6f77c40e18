import { defineElementwise } from './elementwise.ts'

export const Sum = defineElementwise('Sum')
