import { defineElementwise } from './elementwise.ts'

export const Max = defineElementwise('Max')
