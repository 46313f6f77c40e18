import { defineElementwise } from './elementwise.ts'

export const IsNaN = defineElementwise('IsNaN')
