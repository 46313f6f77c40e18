import { defineElementwise } from './elementwise.ts'

export const Abs = defineElementwise('Abs')
