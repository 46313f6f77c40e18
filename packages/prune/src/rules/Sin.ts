import { defineElementwise } from './elementwise.ts'

export const Sin = defineElementwise('Sin')
