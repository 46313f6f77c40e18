import { defineElementwise } from './elementwise.ts'

export const Tanh = defineElementwise('Tanh')
