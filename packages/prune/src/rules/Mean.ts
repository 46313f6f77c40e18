import { defineElementwise } from './elementwise.ts'

export const Mean = defineElementwise('Mean')
