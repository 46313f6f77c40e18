import { defineElementwise } from './elementwise.ts'

export const Xor = defineElementwise('Xor')
