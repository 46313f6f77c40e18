import { defineElementwise } from './elementwise.ts'

export const Sigmoid = defineElementwise('Sigmoid')
