import { defineElementwise } from './elementwise.ts'

export const Softsign = defineElementwise('Softsign', 'input', x => x / (1 + Math.abs(x)))
