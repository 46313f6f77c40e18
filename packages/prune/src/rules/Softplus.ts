import { defineElementwise } from './elementwise.ts'

export const Softplus = defineElementwise('Softplus')
