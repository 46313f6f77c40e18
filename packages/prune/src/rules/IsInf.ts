import { defineElementwise } from './elementwise.ts'

export const IsInf = defineElementwise('IsInf')
