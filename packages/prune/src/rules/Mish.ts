import { defineElementwise } from './elementwise.ts'

export const Mish = defineElementwise('Mish')
