import { defineElementwise } from './elementwise.ts'

export const Equal = defineElementwise('Equal')
