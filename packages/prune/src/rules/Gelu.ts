import { defineElementwise } from './elementwise.ts'

export const Gelu = defineElementwise('Gelu')
