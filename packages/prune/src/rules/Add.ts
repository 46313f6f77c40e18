import { defineElementwise } from './elementwise.ts'

export const Add = defineElementwise('Add')
