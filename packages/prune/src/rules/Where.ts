import { defineElementwise } from './elementwise.ts'

export const Where = defineElementwise('Where')
