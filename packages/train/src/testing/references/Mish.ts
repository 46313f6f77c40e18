import { defineElementwise } from './elementwise.ts'

export const Mish = defineElementwise('Mish', 'X', x => x * Math.tanh(Math.log(1 + Math.exp(x))))
