import { defineElementwise } from './elementwise.ts'

export const Log = defineElementwise('Log')
