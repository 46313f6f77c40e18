import { defineElementwise } from './elementwise.ts'

export const Not = defineElementwise('Not')
