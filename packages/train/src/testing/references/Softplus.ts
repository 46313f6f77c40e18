import { defineElementwise } from './elementwise.ts'

export const Softplus = defineElementwise('Softplus', 'X', x => Math.log(1 + Math.exp(x)))
