import { defineElementwise } from './elementwise.ts'

export const Softsign = defineElementwise('Softsign')
